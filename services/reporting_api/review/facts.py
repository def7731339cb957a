"""Facts: the numbers of an edition that its sentences may use, each with the place it comes from.

A sentence holds no number of its own: every one is a fact, written by :mod:`numbers` as the tables write it.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from services.reporting_api.measures.figures import FigureStatus, Number
from services.reporting_api.measures.registry import MEASURES, MeasureUnit
from services.reporting_api.periods.schemas import ComparisonAnswer, QuarterFigure


class Part(StrEnum):
    """Which number of a figure a fact is."""

    VALUE = "value"
    COUNT = "count"
    BASE = "base"
    TARGET_DAYS = "target_days"
    PREVIOUS = "previous_quarter.value"
    PREVIOUS_DIFFERENCE = "previous_quarter.difference"
    LAST_YEAR = "same_quarter_last_year.value"
    LAST_YEAR_DIFFERENCE = "same_quarter_last_year.difference"


_WHOLE = frozenset({Part.COUNT, Part.BASE})


@dataclass(frozen=True, slots=True)
class Fact:
    """A number and what it is: ``place`` names its figure in the edition, ``part`` which of the figure's numbers.

    Differences are told by a verb, so their facts hold the size without the sign.
    """

    place: str
    part: Part
    value: Number
    unit: MeasureUnit
    decimals: int

    @property
    def plain(self) -> "Fact":
        """As plain language writes it: 4 for 4.0; the number is the same."""
        return replace(self, decimals=0) if self.value == round(self.value) else self


@dataclass(frozen=True, slots=True)
class Source:
    """A figure of the edition and its place there, such as ``chats.dental-chat.satisfaction``."""

    place: str
    figure: QuarterFigure

    @property
    def is_shown(self) -> bool:
        """Whether there is a value to tell."""
        return self.figure.value is not None

    @property
    def is_suppressed(self) -> bool:
        """Whether disclosure control hides it."""
        return self.figure.status is FigureStatus.SUPPRESSED

    @property
    def is_nought(self) -> bool:
        """Whether there was nothing at all, or nobody counted."""
        return self.figure.value == 0 or self.figure.status is FigureStatus.NOT_AVAILABLE

    @property
    def value(self) -> Fact:
        """The figure's value."""
        return self._fact(Part.VALUE, self.figure.value)

    @property
    def count(self) -> Fact:
        """What the figure rests on."""
        return self._fact(Part.COUNT, self.figure.count)

    @property
    def base(self) -> Fact:
        """What was counted among."""
        return self._fact(Part.BASE, self.figure.base)

    @property
    def previous(self) -> "Earlier":
        """The quarter before."""
        return Earlier(self, self.figure.previous_quarter, Part.PREVIOUS, Part.PREVIOUS_DIFFERENCE)

    @property
    def last_year(self) -> "Earlier":
        """The same quarter a year before."""
        return Earlier(self, self.figure.same_quarter_last_year, Part.LAST_YEAR, Part.LAST_YEAR_DIFFERENCE)

    def target_days(self, days: Number | None) -> Fact | None:
        """The days that the share ``feedback.on_target.share`` is within, where one target held all the time."""
        section = self.place.rpartition(".")[0]
        return None if days is None else Fact(section, Part.TARGET_DAYS, days, MeasureUnit.DAYS, 1).plain

    def _fact(self, part: Part, number: Number | None) -> Fact:
        if number is None:
            raise ValueError(f"{self.place} has no {part}: ask whether it is shown first")
        if part in _WHOLE:
            return Fact(self.place, part, number, MeasureUnit.COUNT, 0)
        return Fact(self.place, part, number, self.figure.unit, decimals_of(self.figure))


def decimals_of(figure: QuarterFigure) -> int:
    """How many decimals the figure is written with: of a measure that there is no more, as many as its value has."""
    measure = MEASURES.get(figure.measure)
    if measure is not None:
        return measure.decimals
    return 0 if figure.value is None else max(0, -int(Decimal(str(figure.value)).as_tuple().exponent))


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier quarter's number of a figure, and what changed since."""

    source: Source
    comparison: ComparisonAnswer
    value_part: Part
    difference_part: Part

    @property
    def is_shown(self) -> bool:
        """Whether there is an earlier value to tell."""
        return self.comparison.value is not None

    @property
    def value(self) -> Fact:
        """The earlier value."""
        return self.source._fact(self.value_part, self.comparison.value)  # noqa: SLF001 (two views of one figure)

    @property
    def difference(self) -> Fact:
        """The size of the difference."""
        number = self.comparison.difference
        return self.source._fact(self.difference_part, None if number is None else abs(number))  # noqa: SLF001 (as above)
