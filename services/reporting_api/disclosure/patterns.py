"""What is hidden of one family, in one place and period."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from services.reporting_api.disclosure.cells import hidden_of_distribution
from services.reporting_api.disclosure.counts import Counts, Key, Kind, distributions, is_safe, total_of
from services.reporting_api.disclosure.policy import DisclosurePolicy
from services.reporting_api.measures.figures import SuppressionReason

Cells = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Pattern:
    """``whole``: why nothing is shown, not even how many answered; else what is hidden of what is shown."""

    whole: SuppressionReason | None = None
    cells: Cells = frozenset()
    """By question and option."""
    figures: frozenset[str] = frozenset()
    """Questions whose mean or index is hidden."""
    bases: frozenset[str] = frozenset()
    """Questions of which is hidden how many answered."""
    intervals: frozenset[str] = frozenset()
    """Questions whose mean has no interval: it would tell how the answers lie."""

    @property
    def is_empty(self) -> bool:
        """Whether every number is shown."""
        return not (self.whole or self.cells or self.figures or self.bases)

    def of_cell(self, question: str, cell: str) -> SuppressionReason | None:
        """Why the cell is hidden; None if it is shown."""
        return self.whole or _small((question, cell) in self.cells)

    def of_figure(self, question: str) -> SuppressionReason | None:
        """Why the question's mean or index is hidden."""
        return self.whole or _small(question in self.figures)

    def of_base(self, question: str) -> SuppressionReason | None:
        """Why it is hidden how many answered the question."""
        return self.whole or _small(question in self.bases)

    def __or__(self, other: "Pattern") -> "Pattern":
        """Hides what either hides."""
        return Pattern(
            self.whole or other.whole,
            self.cells | other.cells,
            self.figures | other.figures,
            self.bases | other.bases,
            self.intervals | other.intervals,
        )


SHOWN = Pattern()


def _small(is_hidden: bool) -> SuppressionReason | None:
    return SuppressionReason.SMALL_COUNTS if is_hidden else None


def hidden_whole(reason: SuppressionReason) -> Pattern:
    """Nothing is shown."""
    return Pattern(whole=reason)


def shown_as_part(counts: Counts) -> Pattern:
    """A part is shown whole, but for the intervals of means: what is left of the whole has none either."""
    return Pattern(intervals=frozenset(_values_by_question(counts)))


def all_of(patterns: Iterable[Pattern]) -> Pattern:
    """Hides what any of the patterns hides."""
    return reduce(Pattern.__or__, patterns, SHOWN)


def pattern_of_city(counts: Counts, policy: DisclosurePolicy) -> Pattern:
    """What is hidden of a quarter's counts of the whole city, cell by cell."""
    if total_of(counts) <= policy.minimum_cell and not is_safe(counts, policy):
        # Of so few, a hidden cell could only be a small one.
        return hidden_whole(SuppressionReason.SMALL_COUNTS)
    cells: set[tuple[str, str]] = set()
    bases: set[str] = set()
    for (question, part), distribution in distributions(counts).items():
        names = [part or key.cell for key in distribution]
        hidden = hidden_of_distribution(list(distribution.values()), policy.minimum_cell)
        cells |= {(question, names[index]) for index in (range(len(names)) if hidden is None else hidden)}
        if hidden is None:
            bases.add(question)
    # With the counts of the other cells, the mean would tell the hidden ones.
    few = {key.question for key, number in counts.items() if _is_mean(key) and not is_safe({key: number}, policy)}
    alike = {
        question
        for question, numbers in _values_by_question(counts).items()
        if sum(numbers) - max(numbers) < policy.minimum_interval_others
    }
    return Pattern(
        cells=frozenset(cells),
        figures=frozenset(few | {question for question, _ in cells}),
        bases=frozenset(bases),
        intervals=frozenset(alike),
    )


def _is_mean(key: Key) -> bool:
    return key.kind in (Kind.MEAN_BASE, Kind.STEPS)


def _values_by_question(counts: Counts) -> Mapping[str, Sequence[int]]:
    numbers: dict[str, list[int]] = defaultdict(list)
    for key, number in counts.items():
        if key.kind is Kind.VALUE:
            numbers[key.question].append(number)
    return numbers
