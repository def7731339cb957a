"""Tallies: what was counted for one figure in one period, and the value and intervals that follow from it.

Values are exact fractions in the measure's unit; nothing is rounded here.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self, TypeVar

from services.reporting_api.measures.intervals import (
    Interval,
    Sample,
    combination_recovered,
    combination_welch,
    difference_of_counts,
    difference_recovered,
    mean_normal,
    mean_t,
    wilson,
)

Value = TypeVar("Value", bound=Hashable)

PERCENT = 100

MICROSECONDS_PER_DAY = 24 * 60 * 60 * 1_000_000
"""A day (vuorokausi) of the times is 24 hours, whatever the clock does that night."""

PROMOTER_FROM = 9
DETRACTOR_TO = 6
"""The industry's convention for 0-10 recommendation answers; 7 and 8 are neither."""


class Tally(ABC):
    """Base of the tallies. ``count`` is what the figure rests on, ``base`` what it was counted among (None: nothing).

    A share's count is its numerator; a mean's or median's is the number of values in it.
    """

    @property
    @abstractmethod
    def count(self) -> int:
        """The number the figure rests on."""

    @property
    @abstractmethod
    def base(self) -> int | None:
        """The number it was counted among."""

    @property
    @abstractmethod
    def value(self) -> Fraction | None:
        """The figure, or None when there is nothing to compute it from."""

    @abstractmethod
    def interval(self) -> Interval | None:
        """Its 95 % interval, or None where the method has none."""

    @abstractmethod
    def difference_interval(self, earlier: Self) -> Interval | None:
        """The 95 % interval of this value less the earlier one, or None where the method has none."""


class ScoreTally(Tally):
    """Base of the tallies of scores, whose values in several groups can be weighed together."""

    @classmethod
    @abstractmethod
    def combination_interval(cls, terms: Sequence[tuple[Fraction, Self]]) -> Interval | None:
        """The 95 % interval of the sum of the terms' values times their weights, or None where there is none."""

    def difference_interval(self, earlier: Self) -> Interval | None:
        """Of the combination of this one, and less the other one."""
        if self.value is None or earlier.value is None:
            return None
        return self.combination_interval([(Fraction(1), self), (Fraction(-1), earlier)])


@dataclass(frozen=True, slots=True)
class CountTally(Tally):
    """A number of cases. All cases were counted, so the number itself has no interval; a comparison of two has.

    Where it is not ``is_known`` nobody counted, which is not nought.
    """

    number: int
    among: int | None = None
    is_known: bool = True

    @property
    def count(self) -> int:
        """The number of cases."""
        return self.number

    @property
    def base(self) -> int | None:
        """What the cases were counted among, if that is more than themselves."""
        return self.among

    @property
    def value(self) -> Fraction | None:
        """The number; nought is a value."""
        return Fraction(self.number) if self.is_known else None

    def interval(self) -> Interval | None:
        """None: nothing was sampled."""
        return None

    def difference_interval(self, earlier: Self) -> Interval | None:
        """Conditional on the sum of the two."""
        return difference_of_counts(self.number, earlier.number)


@dataclass(frozen=True, slots=True)
class ShareTally(ScoreTally):
    """``number`` of ``among``, in per cent."""

    number: int
    among: int

    @property
    def count(self) -> int:
        """The numerator."""
        return self.number

    @property
    def base(self) -> int | None:
        """The denominator."""
        return self.among

    @property
    def value(self) -> Fraction | None:
        """Per cent; None on an empty base."""
        return Fraction(PERCENT * self.number, self.among) if self.among else None

    def interval(self) -> Interval | None:
        """Wilson's, in per cent."""
        return _in_percent(wilson(self.number, self.among))

    @classmethod
    def combination_interval(cls, terms: Sequence[tuple[Fraction, Self]]) -> Interval | None:
        """By recovering the variances from Wilson's intervals, in percentage points; of two, Newcombe's."""
        return _in_percent(
            combination_recovered(
                [(float(weight), it.number / it.among, wilson(it.number, it.among)) for weight, it in terms]
            )
        )


def _in_percent(interval: Interval | None) -> Interval | None:
    return (PERCENT * interval[0], PERCENT * interval[1]) if interval else None


@dataclass(frozen=True, slots=True)
class ValuesTally(Tally):
    """Base of the tallies of ``n`` values that ``among`` could have had: the rest are missing."""

    n: int
    among: int

    @property
    def count(self) -> int:
        """The number of values."""
        return self.n

    @property
    def base(self) -> int | None:
        """How many could have had a value."""
        return self.among


@dataclass(frozen=True, slots=True)
class MeanTally(ValuesTally, ScoreTally):
    """A mean of values, from their exact sum and their sample variance."""

    total: Fraction
    variance: float

    @property
    def value(self) -> Fraction | None:
        """The mean; None of no values."""
        return self.total / self.n if self.n else None

    def interval(self) -> Interval | None:
        """By Student's t."""
        return mean_t(self.sample()) if self.n else None

    @classmethod
    def combination_interval(cls, terms: Sequence[tuple[Fraction, Self]]) -> Interval | None:
        """By Welch and Satterthwaite."""
        return combination_welch([(float(weight), it.sample()) for weight, it in terms])

    def sample(self) -> Sample:
        """What intervals need to know of the values; of none, nothing can be known."""
        return Sample(self.n, float(self.total / self.n), self.variance)


def mean_of_scores(histogram: Mapping[Value, int], scores: Mapping[Value, Fraction], among: int) -> MeanTally:
    """The mean of a histogram's values after giving each its score; values without a score are not answers."""
    scored = [(scores[value], count) for value, count in histogram.items() if value in scores]
    n = sum(count for _, count in scored)
    total = sum((score * count for score, count in scored), Fraction(0))
    if n < 2:
        return MeanTally(n, among, total, 0.0)
    mean = total / n
    squares = sum(((score - mean) ** 2 * count for score, count in scored), Fraction(0))
    return MeanTally(n, among, total, float(squares / (n - 1)))


def mean_of_days(n: int, among: int, microseconds: int, variance: float) -> MeanTally:
    """The mean of durations, in days, from their exact sum; ``variance`` in squared days."""
    return MeanTally(n, among, Fraction(microseconds, MICROSECONDS_PER_DAY), variance)


@dataclass(frozen=True, slots=True)
class MedianTally(ValuesTally):
    """The median of values, the mean of the two middle ones; ``bounds``: the values at its interval's ranks."""

    middle: Fraction | None
    bounds: Interval | None

    @property
    def value(self) -> Fraction | None:
        """The median; None of no values."""
        return self.middle

    def interval(self) -> Interval | None:
        """By order statistics."""
        return self.bounds

    def difference_interval(self, earlier: Self) -> Interval | None:
        """By recovering the variances from the two intervals."""
        if self.middle is None or earlier.middle is None:
            return None
        return difference_recovered(float(self.middle), self.bounds, float(earlier.middle), earlier.bounds)


@dataclass(frozen=True, slots=True)
class RecommendationTally(ValuesTally, ScoreTally):
    """Promoters less detractors in per cent of all who answered (NPS)."""

    promoters: int
    detractors: int

    @property
    def value(self) -> Fraction | None:
        """From -100 to 100; None of no answers."""
        return Fraction(PERCENT * (self.promoters - self.detractors), self.n) if self.n else None

    def interval(self) -> Interval | None:
        """From the multinomial variance of the three groups."""
        value = self.value
        return mean_normal(self.n, float(value), self._variance()) if value is not None else None

    @classmethod
    def combination_interval(cls, terms: Sequence[tuple[Fraction, Self]]) -> Interval | None:
        """From the intervals, which are symmetric: the variances add."""
        return combination_recovered([(float(weight), float(it.value or 0), it.interval()) for weight, it in terms])

    def _variance(self) -> float:
        net = Fraction(self.promoters - self.detractors, self.n)
        return float(PERCENT**2 * (Fraction(self.promoters + self.detractors, self.n) - net**2))


def recommendation_of(histogram: Mapping[int, int], among: int) -> RecommendationTally:
    """The tally of 0-10 answers."""
    return RecommendationTally(
        promoters=sum(count for value, count in histogram.items() if value >= PROMOTER_FROM),
        detractors=sum(count for value, count in histogram.items() if value <= DETRACTOR_TO),
        n=sum(histogram.values()),
        among=among,
    )
