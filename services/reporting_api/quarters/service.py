"""Tables over all quarters that have data, from the same reports that the figures are served from."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from services.reporting_api.keeper import Asking, Keeper
from services.reporting_api.periods.inquiry import inquiry_of_city
from services.reporting_api.quarters.repository import QuarterRepository
from services.reporting_api.tables.formats.flat import Edition
from services.reporting_api.tables.service import SOURCE, BuiltTable, TableService, find_table
from services.shared.clock import local_day
from services.shared.periods import EARLIEST_PERIOD_YEAR, Period, PeriodKind, period_of

Quarters = Sequence[Period]

_FIRST_DAY = date(EARLIEST_PERIOD_YEAR, 1, 1)


class QuarterService:
    """Builds tables of all quarters."""

    def __init__(self, asking: Asking, tables: TableService, keeper: Keeper[Quarters], *, max_periods: int) -> None:
        self._asking = asking
        self._repository = QuarterRepository(asking.session)
        self._tables = tables
        self._keeper = keeper
        self._max_periods = max_periods

    async def list_quarters(self) -> Quarters:
        """The quarters that have data, oldest first: the newest of them, where they are more than the setting."""
        return (await self._quarters())[0]

    async def table(self, name: str) -> BuiltTable:
        """The table; raises :class:`UnknownTableProblem`. Without any data it has no rows."""
        definition = find_table(name)
        quarters, listed_at = await self._quarters()
        if not quarters:
            return BuiltTable(definition.build({}), Edition(listed_at, {}, None, (), SOURCE))
        inquiry = inquiry_of_city(quarters[-1], self._asking.as_of, is_internal=self._asking.is_internal)
        built = await self._tables.build(definition, inquiry, quarters)
        # A quarter may have got its first record since they were listed.
        asked_at = min(built.edition.asked_at, listed_at)
        return replace(built, edition=replace(built.edition, asked_at=asked_at))

    async def _quarters(self) -> tuple[Quarters, datetime]:
        return await self._keeper.find(self._asking, "quarters", self._list)

    async def _list(self) -> Quarters:
        candidates = [period_of(PeriodKind.QUARTER, local_day(self._asking.as_of))]
        while candidates[0].starts_on > _FIRST_DAY:
            candidates.insert(0, candidates[0].previous())
        return (await self._repository.list_with_data(candidates))[-self._max_periods :]
