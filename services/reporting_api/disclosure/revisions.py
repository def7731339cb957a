"""What a new edition of a quarter may show beside the earlier ones, which cannot be taken back.

The difference of two editions is a count of its own: those whose answers came, or went, between them. So it follows the
same rules. What was hidden once stays hidden, or the new number less the change would tell the old one; and a number
may change only by as much as may be shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.reporting_api.disclosure.counts import (
    FEEDBACK,
    Counts,
    Family,
    Key,
    Units,
    add_up,
    distributions,
    is_safe,
    total_of,
)
from services.reporting_api.disclosure.patterns import Pattern, all_of, hidden_whole, pattern_of_city
from services.reporting_api.disclosure.policy import DisclosurePolicy
from services.reporting_api.disclosure.quarters import NOTHING, FamilyCounts, QuarterPatterns
from services.reporting_api.measures.figures import SuppressionReason

Change = dict[Key, int]
"""More (or, below nought, fewer) of each count than there were."""


def change_of(before: Counts, now: Counts) -> Change:
    """What changed, without what did not."""
    differences = {key: now.get(key, 0) - before.get(key, 0) for key in before.keys() | now.keys()}
    return {key: number for key, number in differences.items() if number}


def hidden_by_change(change: Change, policy: DisclosurePolicy) -> Pattern:
    """What a new edition hides of the whole city for what changed: the rules of a quarter, applied to the change.

    Where some of a question's cells grew and others shrank, their sum bounds none of them, so one that changed by few
    hides them all.
    """
    sizes = _sizes(change)
    mixed = {
        question
        for (question, _), cells in distributions(change).items()
        if min(cells.values()) < 0 < max(cells.values()) and not is_safe(_sizes(cells), policy)
    }
    pattern = pattern_of_city(sizes, policy)
    of_mixed = frozenset((key.question, key.part or key.cell) for key in change if key.question in mixed)
    return pattern | Pattern(cells=of_mixed, figures=frozenset(mixed), bases=frozenset(mixed))


def is_too_small(changes: Mapping[str, Change], policy: DisclosurePolicy) -> bool:
    """Whether so few changed that a new edition keeps the figures of the one before, as it could show none of them."""
    of_city = change_of({}, add_up(changes.values()))
    is_few = sum(total_of(_sizes(change)) for change in changes.values()) < policy.minimum_cell
    return is_few or hidden_by_change(of_city, policy).whole is not None


@dataclass(frozen=True, slots=True)
class RevisedQuarter:
    """The patterns of a quarter whose edition stands beside earlier ones."""

    current: QuarterPatterns
    earlier: Sequence[QuarterPatterns]
    policy: DisclosurePolicy

    @property
    def counts(self) -> FamilyCounts:
        """Those of the newest edition."""
        return self.current.counts

    def of(self, family: Family, units: Units | None) -> Pattern:
        """What is hidden of the family's results of the units, or of the whole city."""
        city = all_of([self.current.of(family, None), *(self._of_city(family, one) for one in self.earlier)])
        now = self.current.of(family, units)
        if units is None:
            return city
        if family != FEEDBACK and not city.is_empty and not now.whole:
            return hidden_whole(SuppressionReason.PARENT_HIDDEN)
        return all_of([now, *(self._of_part(family, units, one) for one in self.earlier)])

    def of_month(self, family: Family) -> Pattern:
        """What is hidden of a month of the quarter, of the whole city."""
        now = self.current.of_month(family)
        if family == FEEDBACK or now.whole:
            return now
        if not self.of(family, None).is_empty or self.is_revised(family):
            return hidden_whole(SuppressionReason.REVISED)
        return all_of([now, *(one.of_month(family) for one in self.earlier)])

    def is_revised(self, family: Family) -> bool:
        """Whether any earlier edition counted the family otherwise, so that nothing finer than units is shown."""
        return any(changes_of(one.counts, self.current.counts, family) for one in self.earlier)

    def _of_city(self, family: Family, before: QuarterPatterns) -> Pattern:
        old, new = before.counts.get(family, NOTHING), self.current.counts.get(family, NOTHING)
        if family == FEEDBACK or old == new:
            return before.of(family, None)
        change = change_of(add_up(old.values()), add_up(new.values()))
        return before.of(family, None) | hidden_by_change(change, self.policy)

    def _of_part(self, family: Family, units: Units, before: QuarterPatterns) -> Pattern:
        changes = changes_of(before.counts, self.current.counts, family)
        if not _is_safe_everywhere(changes, self.policy):
            return hidden_whole(SuppressionReason.REVISED)
        return before.of(family, units)


def changes_of(before: FamilyCounts, now: FamilyCounts, family: Family) -> Mapping[str, Change]:
    """What changed of the family, by unit."""
    old, new = before.get(family, NOTHING), now.get(family, NOTHING)
    changes = {unit: change_of(old.get(unit, {}), new.get(unit, {})) for unit in old.keys() | new.keys()}
    return {unit: change for unit, change in changes.items() if change}


def _is_safe_everywhere(changes: Mapping[str, Change], policy: DisclosurePolicy) -> bool:
    """Whether each count of each unit changed by enough or not at all, all in one direction: then so do all sums."""
    numbers = [number for change in changes.values() for number in change.values()]
    is_one_way = all(number > 0 for number in numbers) or all(number < 0 for number in numbers)
    return is_one_way and all(is_safe(_sizes(change), policy) for change in changes.values())


def _sizes(change: Mapping[Key, int]) -> dict[Key, int]:
    return {key: abs(number) for key, number in change.items()}
