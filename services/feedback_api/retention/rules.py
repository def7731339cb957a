"""Which policy an item falls under, and from when its content is due. Pure; asks no database."""

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

    def applies_to(self, *, hold: str | None, type_code: str) -> bool:
        """Whether an item of that hold and type falls under the policy."""
        is_held_so = hold in self.holds if self.holds else hold is None
        is_of_type = type_code in self.type_codes if self.type_codes else type_code not in self.other_types
        return is_held_so and is_of_type

    def is_due(self, *, received_at: datetime, last_event_at: datetime, is_open: bool) -> bool:
        """Whether an item that falls under the policy has been kept long enough."""
        if self.counted_from is CountedFrom.RECEIVED:
            return received_at < self.before
        return not is_open and last_event_at < self.before


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
