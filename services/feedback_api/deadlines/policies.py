"""Which deadline policy a piece of feedback falls under. Pure; asks no database."""

from collections.abc import Iterable
from datetime import date

from services.shared.tables import DeadlinePolicy


def policy_for(
    policies: Iterable[DeadlinePolicy], *, type_code: str, reply_wanted: bool, on: date
) -> DeadlinePolicy | None:
    """The policy for feedback of the type received on the local day ``on``, or None where there is no deadline.

    A policy in force that names the type comes before the general one, also where it then asks for a wanted reply.
    """
    in_force = policies_in_force(policies, on=on)
    policy = next((policy for policy in in_force if type_code in policy.type_codes), None) or next(
        (policy for policy in in_force if policy.is_general), None
    )
    if policy is None or (policy.only_reply_wanted and not reply_wanted):
        return None
    return policy


def policy_for_matter(policies: Iterable[DeadlinePolicy], *, reason: str | None, on: date) -> DeadlinePolicy | None:
    """The policy of what is kept apart for ``reason``, such as an objection; None where there is none."""
    return next((policy for policy in policies_in_force(policies, on=on) if policy.kind == reason), None)


def policies_in_force(policies: Iterable[DeadlinePolicy], *, on: date) -> list[DeadlinePolicy]:
    """The newest policy of each kind that has begun by the day."""
    by_kind: dict[str, DeadlinePolicy] = {}
    for policy in sorted(policies, key=lambda policy: policy.valid_from):
        if policy.valid_from <= on:
            by_kind[policy.kind] = policy
    return list(by_kind.values())
