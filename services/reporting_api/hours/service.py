"""The grids of a period and the one before, as the asker may see them."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.disclosure.counts import SMILEYS
from services.reporting_api.disclosure.policy import IN_FORCE
from services.reporting_api.disclosure.published import reading
from services.reporting_api.disclosure.service import DisclosureService, PeriodPatterns
from services.reporting_api.hours.disclosure import ALL_SHOWN, Hiding, hiding_of
from services.reporting_api.hours.grid import Grid, all_hours
from services.reporting_api.hours.presenter import GridPresenter
from services.reporting_api.hours.repository import HoursRepository
from services.reporting_api.hours.schemas import HourEntry, SmileyHours
from services.reporting_api.measures.figures import Compared
from services.reporting_api.periods.published import as_of_records, editions_of
from services.reporting_api.periods.repository import PeriodRepository
from services.reporting_api.periods.service import Inquiry, disclosure_answer, find_period, find_unit, unit_answer
from services.reporting_api.periods.smiley_figures import NOTE
from services.shared.catalogue import Catalogue
from services.shared.periods import Period


class HoursService:
    """Answers over one session."""

    def __init__(self, session: AsyncSession, catalogue: Catalogue) -> None:
        self._session = session
        self._catalogue = catalogue

    async def hours(self, inquiry: Inquiry, *, service_point: str | None = None) -> SmileyHours:
        """The grids of the inquiry's branch, or of one service point alone; raises the problems of a period."""
        period = find_period(inquiry.kind, inquiry.label, inquiry.as_of)
        code = service_point or inquiry.unit
        unit = find_unit(self._catalogue, code, inquiry.units) if code is not None else None
        branch = None
        if unit is not None:
            alone = frozenset({unit.code})
            branch = alone if service_point else self._catalogue.branch(unit.code, units=inquiry.units)
        async with reading(self._session, inquiry.records):
            current, previous = await self._presenters(inquiry, Compared(period, period.previous(), period), branch)
            editions = await editions_of(self._session, period)
        return SmileyHours(
            unit=unit_answer(unit, inquiry.units),
            as_of=as_of_records(inquiry.as_of, editions),
            editions=editions,
            disclosure=disclosure_answer(None if inquiry.is_internal else IN_FORCE.name),
            minimum_presses=IN_FORCE.minimum_mean_base,
            note=NOTE,
            current=current.total(),
            previous=previous.total(),
            hours=[
                HourEntry(
                    weekday=hour.weekday, hour=hour.hour, current=current.hour(hour), previous=previous.hour(hour)
                )
                for hour in all_hours()
            ],
        )

    async def _presenters(
        self, inquiry: Inquiry, periods: Compared[Period], branch: frozenset[str] | None
    ) -> tuple[GridPresenter, GridPresenter]:
        surveys = await PeriodRepository(self._session).list_surveys(periods.current)
        grids = await HoursRepository(self._session).count((periods.current, periods.previous), branch, surveys)
        patterns = await DisclosureService(self._session, self._catalogue, IN_FORCE).patterns(
            periods, surveys, as_of=inquiry.as_of, by_unit=branch is not None, known={}
        )

        def presenter(period: Period, pattern: PeriodPatterns) -> GridPresenter:
            grid = grids[period.label]
            return GridPresenter(
                period,
                grid,
                _hiding(inquiry, grid, pattern, branch),
                minimum=IN_FORCE.minimum_mean_base,
                is_complete=period.ends_at <= inquiry.as_of,
            )

        return presenter(periods.current, patterns.current), presenter(periods.previous, patterns.previous)


def _hiding(inquiry: Inquiry, grid: Grid, patterns: PeriodPatterns, branch: frozenset[str] | None) -> Hiding:
    if inquiry.is_internal:
        return ALL_SHOWN
    pattern = patterns.of(SMILEYS, branch)
    return hiding_of(
        grid,
        inquiry.kind,
        pattern,
        IN_FORCE,
        is_of_city=branch is None,
        is_revised=patterns.is_revised(SMILEYS),
    )
