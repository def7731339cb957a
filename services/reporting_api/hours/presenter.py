"""A grid as it may be shown."""

from fractions import Fraction

from services.reporting_api.hours.disclosure import Hiding
from services.reporting_api.hours.grid import Grid, Hour
from services.reporting_api.hours.schemas import GridTotal, HourIndex, NamedHour
from services.reporting_api.measures.figures import FigureStatus, Number
from services.reporting_api.measures.registry import HAPPY_INDEX, SMILEY_MEAN
from services.reporting_api.measures.rounding import round_half_up
from services.reporting_api.measures.scales import smiley_grade
from services.reporting_api.periods.presenter import period_answer
from services.shared.periods import Period


class GridPresenter:
    """Writes one period's grid; ``minimum`` is how many presses an hour needs to be best or worst."""

    def __init__(self, period: Period, grid: Grid, hiding: Hiding, *, minimum: int, is_complete: bool) -> None:
        self._period = period
        self._grid = grid
        self._hiding = hiding
        self._minimum = minimum
        self._is_complete = is_complete

    def hour(self, hour: Hour | None) -> HourIndex:
        """One hour, or all together."""
        index = self._grid.index(hour)
        is_shown = self._hiding.indexes is None
        return HourIndex(
            presses=self._grid.number(hour) if self._hiding.volumes is None else None,
            happy_index=_index(index) if is_shown and index is not None else None,
            smiley_mean=_mean(index) if is_shown and index is not None else None,
            status=self._status(index),
            suppression_reason=self._hiding.indexes,
        )

    def total(self) -> GridTotal:
        """All hours."""
        extremes = self._grid.extremes(self._minimum)
        return GridTotal(
            **self.hour(None).model_dump(),
            period=period_answer(self._period, is_complete=self._is_complete),
            left_out=self._grid.left_out if self._hiding.volumes is None else None,
            best_hour=self._named(extremes.best),
            worst_hour=self._named(extremes.worst),
        )

    def _status(self, index: Fraction | None) -> FigureStatus:
        if self._hiding.indexes is not None:
            return FigureStatus.SUPPRESSED
        if index is None:
            return FigureStatus.NOT_AVAILABLE
        return FigureStatus.FINAL if self._is_complete else FigureStatus.PARTIAL

    def _named(self, hour: Hour | None) -> NamedHour | None:
        index = self._grid.index(hour) if hour is not None else None
        if hour is None or index is None or self._hiding.indexes is not None:
            return None
        return NamedHour(
            weekday=hour.weekday,
            hour=hour.hour,
            presses=self._grid.number(hour),
            happy_index=_index(index),
            smiley_mean=_mean(index),
        )


def _index(index: Fraction) -> Number:
    return round_half_up(index, HAPPY_INDEX.decimals)


def _mean(index: Fraction) -> Number:
    return round_half_up(smiley_grade(index), SMILEY_MEAN.decimals)
