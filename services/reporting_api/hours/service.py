"""The grids of a period and the one before, as the asker may see them."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.disclosure.counts import SMILEYS
from services.reporting_api.disclosure.policy import IN_FORCE
from services.reporting_api.disclosure.published import reading
from services.reporting_api.disclosure.repository import DisclosureRepository
from services.reporting_api.disclosure.service import DisclosureService, PeriodPatterns
from services.reporting_api.hours.disclosure import ALL_SHOWN, Hiding, hiding_of
from services.reporting_api.hours.grid import Grid, all_hours
from services.reporting_api.hours.presenter import GridPresenter
from services.reporting_api.hours.repository import HoursRepository
from services.reporting_api.hours.schemas import HourEntry, SmileyHours
from services.reporting_api.measures.figures import Compared
from services.reporting_api.periods.aggregates import SurveyDefinition
from services.reporting_api.periods.inquiry import Inquiry, find_period, find_unit
from services.reporting_api.periods.presenter import disclosure_answer, unit_answer
from services.reporting_api.periods.published import as_of_records, editions_of
from services.reporting_api.periods.repository import PeriodRepository
from services.reporting_api.periods.schemas import EditionShown, UnitAnswer
from services.reporting_api.periods.smiley_figures import NOTE
from services.shared.catalogue import Catalogue
from services.shared.periods import Period, PeriodKind


class HoursService:
    """Answers over one session."""

    def __init__(self, session: AsyncSession, catalogue: Catalogue) -> None:
        self._session = session
        self._catalogue = catalogue

    async def hours(self, inquiry: Inquiry, *, service_point: str | None = None) -> SmileyHours:
        """The grids of the inquiry's branch, or of one service point alone; raises the problems of a period."""
        period = find_period(inquiry.kind, inquiry.label, inquiry.as_of)
        return (await self.series(inquiry, [period], service_point=service_point))[period.label]

    async def series(
        self, inquiry: Inquiry, periods: Sequence[Period], *, service_point: str | None = None
    ) -> dict[str, SmileyHours]:
        """The same of each of the periods, which have begun and are of the inquiry's kind, by label."""
        code = service_point or inquiry.unit
        unit = find_unit(self._catalogue, code, inquiry.units) if code is not None else None
        branch = None
        if unit is not None:
            alone = frozenset({unit.code})
            branch = alone if service_point else self._catalogue.branch(unit.code, units=inquiry.units)
        async with reading(self._session, inquiry.records):
            presenters = await self._presenters(inquiry, periods, branch)
            return {
                period.label: self._answer(
                    inquiry,
                    unit_answer(unit, inquiry.units),
                    await editions_of(self._session, period, period.previous()),
                    presenters[period.label],
                    presenters[period.previous().label],
                )
                for period in periods
            }

    def _answer(
        self,
        inquiry: Inquiry,
        unit: UnitAnswer | None,
        editions: list[EditionShown],
        current: GridPresenter,
        previous: GridPresenter,
    ) -> SmileyHours:
        return SmileyHours(
            unit=unit,
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
        self, inquiry: Inquiry, periods: Sequence[Period], branch: frozenset[str] | None
    ) -> dict[str, GridPresenter]:
        """Of the periods and the ones before them, by label."""
        surveys = await PeriodRepository(self._session).list_surveys(periods[-1])
        shown = list(dict.fromkeys(one for period in periods for one in (period.previous(), period)))
        grids = await HoursRepository(self._session).count(shown, branch, surveys)
        hidings = await self._hidings(inquiry, shown, grids, surveys, branch)
        return {
            period.label: GridPresenter(
                period,
                grids[period.label],
                hidings[period.label],
                minimum=IN_FORCE.minimum_mean_base,
                is_complete=period.ends_at <= inquiry.as_of,
            )
            for period in shown
        }

    async def _hidings(
        self,
        inquiry: Inquiry,
        periods: Sequence[Period],
        grids: Mapping[str, Grid],
        surveys: Sequence[SurveyDefinition],
        branch: frozenset[str] | None,
    ) -> dict[str, Hiding]:
        if inquiry.is_internal:
            return {period.label: ALL_SHOWN for period in periods}
        by_unit = branch is not None
        is_quarter = inquiry.kind is PeriodKind.QUARTER
        known = await DisclosureRepository(self._session).count(periods, by_unit=by_unit) if is_quarter else {}
        service = DisclosureService(self._session, self._catalogue, IN_FORCE)
        hidings = {}
        for period in periods:
            patterns = await service.patterns(
                Compared(period, period, period), surveys, as_of=inquiry.as_of, by_unit=by_unit, known=known
            )
            hidings[period.label] = _hiding(inquiry, grids[period.label], patterns.current, branch)
        return hidings


def _hiding(inquiry: Inquiry, grid: Grid, patterns: PeriodPatterns, branch: frozenset[str] | None) -> Hiding:
    pattern = patterns.of(SMILEYS, branch)
    return hiding_of(
        grid,
        inquiry.kind,
        pattern,
        IN_FORCE,
        is_of_city=branch is None,
        is_revised=patterns.is_revised(SMILEYS),
    )
