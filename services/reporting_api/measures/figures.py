"""Builds a figure from its tallies in three periods: the one asked for, the one before it, the same one last year."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Generic, TypeVar

from services.reporting_api.measures.intervals import Interval
from services.reporting_api.measures.registry import Measure, MeasureUnit
from services.reporting_api.measures.rounding import round_half_up
from services.reporting_api.measures.standardisation import Standardised
from services.reporting_api.measures.tallies import Tally

Number = int | float


class FigureStatus(StrEnum):
    """Whether there is a value, and whether its period is over: `final` if it is, `partial` while it runs.

    Neither says that the value stands. Until an edition of the quarter is published, answers, feedback and decisions
    that come late still move it; afterwards only a correction does, for anyone (`editions` names the edition).
    `suppressed`: hidden by disclosure control. `not_available`: there is nothing to compute it from.
    """

    FINAL = "final"
    """The period is over; what comes late may still move the figure until an edition of it is published."""
    PARTIAL = "partial"
    """The period was still running when the figure was made."""
    SUPPRESSED = "suppressed"
    """Hidden by disclosure control."""
    NOT_AVAILABLE = "not_available"
    """There is nothing to compute it from."""


class Change(StrEnum):
    """What may be said about a difference: its interval excludes nought, or not, or no word is due."""

    ROSE = "rose"
    FELL = "fell"
    NO_CLEAR_CHANGE = "no_clear_change"
    NOT_COMPARABLE = "not_comparable"


class Reason(StrEnum):
    """Why two periods are not comparable."""

    NO_DATA = "no_data"
    """One of the periods has nothing to compute the figure from."""
    PERIOD_NOT_COMPLETE = "period_not_complete"
    """The period was still running: its counts still grow."""
    DEVICE_PRESSES = "device_presses"
    """Presses on a device are not independent people, so no test is made; the difference is shown without a word."""
    SURVEY_VERSION_CHANGED = "survey_version_changed"
    """The question had another scale in the survey's version that was answered in one of the periods."""
    QUESTION_REPLACED = "question_replaced"
    """Another question was asked in its place, with which the survey's owner says it is not comparable."""
    COLLECTION_MODE_CHANGED = "collection_mode_changed"
    """More than a tenth of the answers were collected in other ways in the two periods."""
    ORGANISATION_CHANGED = "organisation_changed"
    """Work came to the unit from another, or went to another, between the periods; ``units=as_today`` may compare."""
    MODE_WITHOUT_ANSWERS = "mode_without_answers"
    """Nobody answered now in one of the ways of the earlier period, so the score cannot be standardised to its mix."""
    MEASURE_CHANGED = "measure_changed"
    """The measure was defined anew between the periods, or within one: ``GET /v1/measures`` says what changed."""
    TARGET_CHANGED = "target_changed"
    """Not one and the same target was in force in both periods, so the share on target is of another yardstick."""
    REPEATED_PERSONS = "repeated_persons"
    """The same persons come to several meetings, so no test is made; the difference is shown without a word."""
    RIPENING = "ripening"
    """Cases of the earlier period have had longer to come to their outcome; the difference is shown without a word."""
    TOO_FEW = "too_few"
    """There are too few or too uniform values for an interval of the difference."""
    SUPPRESSED = "suppressed"
    """One of the periods is hidden by disclosure control."""


class SuppressionReason(StrEnum):
    """Why a figure is hidden from the public. Whether a count is small itself or would give a small one away is not
    told apart: to know which would narrow both."""

    SMALL_COUNTS = "small_counts"
    """It, or something it would give away by subtraction, rests on few persons."""
    PARENT_HIDDEN = "parent_hidden"
    """Something of the whole that it is a part of is hidden."""
    DETAIL = "detail"
    """Shown for quarters and years, or for the whole city, only."""
    RUNNING = "running"
    """The quarter is not over: what is read on two days would tell what was answered between them."""
    REVISED = "revised"
    """A corrected edition changed it, or what it is a part of, by few: beside the earlier one it would tell them."""


_LEAVES_NOTHING = {Reason.NO_DATA, Reason.QUESTION_REPLACED}
"""Where the earlier period has no value to show."""

_LEAVES_NO_DIFFERENCE = {Reason.PERIOD_NOT_COMPLETE, Reason.SURVEY_VERSION_CHANGED, Reason.COLLECTION_MODE_CHANGED}
"""Where even the bare difference would mislead."""


@dataclass(frozen=True, slots=True)
class StandardisedValue:
    """The present value by the earlier period's mix of ways of collection, and what it is more than the earlier one."""

    value: Number | None
    difference: Number | None
    difference_interval: tuple[Number, Number] | None
    change: Change
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """An earlier period's value, and what changed since. ``reason`` is given when ``change`` is not_comparable."""

    value: Number | None
    count: int | None
    base: int | None
    difference: Number | None
    difference_interval: tuple[Number, Number] | None
    change: Change
    reason: Reason | None
    standardised: StandardisedValue | None = None
    """Of scores whose answers came in other ways than then."""

    def without_difference(self, reason: Reason) -> "Comparison":
        """The earlier value alone, where the bare difference would mislead; as it is where there is no value."""
        if self.value is None:
            return self
        return Comparison(self.value, self.count, self.base, None, None, Change.NOT_COMPARABLE, reason)


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """A figure in one period of a series, as that period's report says it; ``change`` is from the period before."""

    period: str
    value: Number | None
    count: int | None
    base: int | None
    interval: tuple[Number, Number] | None
    status: FigureStatus
    suppression_reason: SuppressionReason | None
    change: Change
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure, rounded: shares and means to the measure's decimals, counts and bases exact."""

    measure: str
    value: Number | None
    unit: MeasureUnit
    count: int | None
    base: int | None
    interval: tuple[Number, Number] | None
    status: FigureStatus
    suppression_reason: SuppressionReason | None
    previous: Comparison
    last_year: Comparison
    series: tuple[SeriesPoint, ...] | None = None
    """Where a series was asked for: this figure in each period, the oldest first; a period without it is left out."""

    def without_differences(self, previous: Reason | None, last_year: Reason | None) -> "Figure":
        """The figure without the differences that there is a reason against."""
        return replace(
            self,
            previous=self.previous.without_difference(previous) if previous else self.previous,
            last_year=self.last_year.without_difference(last_year) if last_year else self.last_year,
        )


Item = TypeVar("Item")
Other = TypeVar("Other")
Result = TypeVar("Result")
AnyTally = TypeVar("AnyTally", bound=Tally)


@dataclass(frozen=True, slots=True)
class Compared(Generic[Item]):
    """The same thing in the period asked for, in the one before it, and in the same one last year."""

    current: Item
    previous: Item
    last_year: Item

    def map(self, function: Callable[[Item], Other]) -> "Compared[Other]":
        """``function`` of each."""
        return Compared(function(self.current), function(self.previous), function(self.last_year))

    def combine(self, other: "Compared[Other]", function: Callable[[Item, Other], Result]) -> "Compared[Result]":
        """``function`` of each and its like in ``other``."""
        return Compared(
            function(self.current, other.current),
            function(self.previous, other.previous),
            function(self.last_year, other.last_year),
        )


@dataclass(frozen=True, slots=True)
class Comparability:
    """What stands in the way of comparing with each of the two earlier periods, and whether this one is over."""

    is_complete: bool
    previous: Reason | None = None
    last_year: Reason | None = None


def build_figure(measure: Measure, tallies: Compared[AnyTally], comparability: Comparability) -> Figure:
    """The figure of ``measure``; rounding happens here and nowhere else."""
    tally = tallies.current
    value = tally.value
    return Figure(
        measure=measure.slug,
        value=_rounded(measure, value),
        unit=measure.unit,
        count=tally.count,
        base=tally.base,
        interval=_rounded_interval(measure, _within(measure.bounds, tally.interval())),
        status=_status(value, is_complete=comparability.is_complete),
        suppression_reason=None,
        previous=_compare(measure, tally, tallies.previous, comparability.previous, comparability),
        last_year=_compare(measure, tally, tallies.last_year, comparability.last_year, comparability),
    )


def _status(value: Fraction | None, *, is_complete: bool) -> FigureStatus:
    if value is None:
        return FigureStatus.NOT_AVAILABLE
    return FigureStatus.FINAL if is_complete else FigureStatus.PARTIAL


def nothing_known(reason: Reason) -> Comparison:
    """A comparison that shows nothing but why."""
    return Comparison(None, None, None, None, None, Change.NOT_COMPARABLE, reason)


def _compare(
    measure: Measure, tally: AnyTally, earlier: AnyTally, obstacle: Reason | None, comparability: Comparability
) -> Comparison:
    if obstacle in _LEAVES_NOTHING or earlier.value is None:
        return nothing_known(obstacle if obstacle in _LEAVES_NOTHING else Reason.NO_DATA)
    if tally.value is None:
        return _without_difference(measure, earlier, Reason.NO_DATA)
    reason = obstacle if comparability.is_complete else Reason.PERIOD_NOT_COMPLETE
    if reason in _LEAVES_NO_DIFFERENCE:
        return _without_difference(measure, earlier, reason)
    interval = None if reason else tally.difference_interval(earlier)
    if interval is None:
        reason = reason or Reason.TOO_FEW
    return Comparison(
        value=_rounded(measure, earlier.value),
        count=earlier.count,
        base=earlier.base,
        difference=_rounded(measure, tally.value - earlier.value),
        difference_interval=_rounded_interval(measure, interval),
        change=_word(interval),
        reason=reason,
    )


def standardised_value(
    measure: Measure, standardised: Standardised | None, obstacle: Reason | None
) -> StandardisedValue:
    """``standardised`` rounded, with what may be said of it; ``obstacle``: what forbids to test even this."""
    if standardised is None:
        return StandardisedValue(None, None, None, Change.NOT_COMPARABLE, Reason.MODE_WITHOUT_ANSWERS)
    interval = None if obstacle else standardised.interval
    if interval is None:
        obstacle = obstacle or Reason.TOO_FEW
    return StandardisedValue(
        value=_rounded(measure, standardised.value),
        difference=_rounded(measure, standardised.difference),
        difference_interval=_rounded_interval(measure, interval),
        change=_word(interval),
        reason=obstacle,
    )


def _without_difference(measure: Measure, earlier: Tally, reason: Reason | None) -> Comparison:
    value = _rounded(measure, earlier.value)
    return Comparison(value, earlier.count, earlier.base, None, None, Change.NOT_COMPARABLE, reason)


def _word(interval: Interval | None) -> Change:
    """By the interval of the difference before rounding, never by the bare difference."""
    if interval is None:
        return Change.NOT_COMPARABLE
    if interval[0] > 0:
        return Change.ROSE
    return Change.FELL if interval[1] < 0 else Change.NO_CLEAR_CHANGE


def _within(bounds: tuple[float, float], interval: Interval | None) -> Interval | None:
    return (max(bounds[0], interval[0]), min(bounds[1], interval[1])) if interval else None


def _rounded(measure: Measure, value: Fraction | None) -> Number | None:
    return None if value is None else round_half_up(value, measure.decimals)


def _rounded_interval(measure: Measure, interval: Interval | None) -> tuple[Number, Number] | None:
    if interval is None:
        return None
    return round_half_up(interval[0], measure.decimals), round_half_up(interval[1], measure.decimals)
