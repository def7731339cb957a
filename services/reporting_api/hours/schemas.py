"""The answer about the smileys of a period by weekday and hour."""

from datetime import datetime

from pydantic import Field

from services.reporting_api.disclosure.schemas import DisclosureAnswer
from services.reporting_api.measures.figures import FigureStatus, Number, SuppressionReason
from services.reporting_api.periods.schemas import EditionShown, PeriodAnswer, UnitAnswer
from services.shared.schemas import ResponseModel
from services.shared.tables.base import Labels


class HourIndex(ResponseModel):
    """Presses, their happy index, their mean from 1 to 5. ``presses`` is null where hidden; nought is a number."""

    presses: int | None
    happy_index: Number | None = Field(examples=[81.3])
    smiley_mean: Number | None = Field(examples=[4.25])
    status: FigureStatus = Field(description="Of the index: `not_available` without presses.")
    suppression_reason: SuppressionReason | None


class NamedHour(ResponseModel):
    """An hour of the week: ISO weekday (Monday is 1) and local hour."""

    weekday: int = Field(ge=1, le=7)
    hour: int = Field(ge=0, le=23)
    presses: int
    happy_index: Number
    smiley_mean: Number


class GridTotal(HourIndex):
    """All hours of a period together. ``left_out`` presses were judged misuse and are in no other number here."""

    period: PeriodAnswer
    left_out: int | None
    best_hour: NamedHour | None = Field(description="Among hours of at least `minimum_presses`.")
    worst_hour: NamedHour | None


class HourEntry(ResponseModel):
    """An hour of the week in both periods."""

    weekday: int = Field(ge=1, le=7, description="Monday is 1.")
    hour: int = Field(ge=0, le=23, description="Local time.")
    current: HourIndex
    previous: HourIndex


class SmileyHours(ResponseModel):
    """The grid of a period beside that of the period before: every hour of the week, Monday's first."""

    unit: UnitAnswer | None
    as_of: datetime
    editions: list[EditionShown]
    disclosure: DisclosureAnswer
    minimum_presses: int
    note: Labels
    current: GridTotal
    previous: GridTotal
    hours: list[HourEntry]
