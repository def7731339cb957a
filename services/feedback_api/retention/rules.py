"""What falls under each policy, and from when its content is due. Pure; asks no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.shared.tables import RetentionPolicy
from services.shared.tables.retention import CountedFrom


@dataclass(frozen=True, slots=True)
class Due:
    """What of a policy's items is due: those received, or closed and last touched, before the moment.

    ``holds`` empty is for items not kept apart; ``type_codes`` empty for all types but ``other_types``, which another
    policy of the same holds names.
    """

    policy: RetentionPolicy
    holds: frozenset[str]
    type_codes: frozenset[str]
    other_types: frozenset[str]
    before: datetime
    counted_from: CountedFrom


def due_of(policies: Sequence[RetentionPolicy], *, now: datetime) -> list[Due]:
    """What is due now, for each policy. No item falls under two: the loading of the catalogue sees to it."""
    return [
        Due(
            policy,
            holds=frozenset(policy.holds),
            type_codes=frozenset(policy.type_codes),
            other_types=frozenset(
                code
                for other in policies
                if other is not policy and set(other.holds) == set(policy.holds)
                for code in other.type_codes
            ),
            before=now - timedelta(days=policy.keep_days),
            counted_from=CountedFrom(policy.counted_from),
        )
        for policy in policies
    ]
