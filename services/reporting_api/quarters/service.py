"""Tables over all quarters that have data, from the same reports that the figures are served from."""

from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.hours.service import HoursService
from services.reporting_api.measures.figures import Figure
from services.reporting_api.memory import Kept, Memory
from services.reporting_api.periods.data_version import data_version
from services.reporting_api.periods.schemas import Report
from services.reporting_api.periods.service import PeriodService, inquiry_of_city
from services.reporting_api.quarters.repository import QuarterRepository
from services.reporting_api.tables.definitions import HoursTable
from services.reporting_api.tables.formats.flat import Edition
from services.reporting_api.tables.model import Table
from services.reporting_api.tables.service import SOURCE, BuiltTable, beside, find_table
from services.shared.clock import local_day
from services.shared.periods import EARLIEST_PERIOD_YEAR, Period, PeriodKind, parse_period, period_of

Reports = Mapping[str, Report[Figure]]

_FIRST_DAY = date(EARLIEST_PERIOD_YEAR, 1, 1)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when, and of which catalogue."""

    as_of: datetime
    is_internal: bool
    catalogue_revision: str


class QuarterService:
    """Builds tables of all quarters."""

    def __init__(
        self,
        session: AsyncSession,
        periods: PeriodService,
        hours: HoursService,
        memory: Memory[Reports],
        hours_memory: Memory[Table],
        *,
        max_periods: int,
    ) -> None:
        self._session = session
        self._repository = QuarterRepository(session)
        self._periods = periods
        self._hours = hours
        self._memory = memory
        self._hours_memory = hours_memory
        self._max_periods = max_periods

    async def list_quarters(self, as_of: datetime) -> list[Period]:
        """The quarters that have data, oldest first: the newest of them, where they are more than the setting."""
        candidates = [period_of(PeriodKind.QUARTER, local_day(as_of))]
        while candidates[0].starts_on > _FIRST_DAY:
            candidates.insert(0, candidates[0].previous())
        return (await self._repository.list_with_data(candidates))[-self._max_periods :]

    async def table(self, name: str, asking: Asking) -> BuiltTable:
        """The table; raises :class:`UnknownTableProblem`. Without any data it has no rows."""
        definition = find_table(name)
        version = await data_version(self._session, asking.as_of)
        # The clock decides which quarters there are and which of them are over; both change at midnight.
        key = (version, asking.catalogue_revision, asking.is_internal, local_day(asking.as_of)) if version else None
        reports = await _kept(self._memory, key, lambda: self._reports(asking))
        edition = beside(reports, asking.as_of) if reports else Edition(asking.as_of, {}, None, (), SOURCE)
        if isinstance(definition, HoursTable):
            return BuiltTable(
                await _kept(self._hours_memory, key, lambda: self._by_hour(definition, reports, asking)), edition
            )
        return BuiltTable(definition.build(reports), edition)

    async def _reports(self, asking: Asking) -> Reports:
        """All quarters' reports as the asker may see them."""
        quarters = await self.list_quarters(asking.as_of)
        return await self._periods.reports(quarters, asking.as_of, is_internal=asking.is_internal)

    async def _by_hour(self, definition: HoursTable, labels: Iterable[str], asking: Asking) -> Table:
        quarters = [parse_period(PeriodKind.QUARTER, label) for label in labels]
        if not quarters:
            return definition.build({})
        inquiry = inquiry_of_city(quarters[-1], asking.as_of, is_internal=asking.is_internal)
        return definition.build(await self._hours.series(inquiry, quarters))


async def _kept(memory: Memory[Kept], key: Hashable, count: Callable[[], Awaitable[Kept]]) -> Kept:
    """What the memory has, or else counted anew: always so where there is no key."""
    kept = memory.find(key) if key else None
    if kept is None:
        kept = await count()
        if key:
            memory.keep(key, kept)
    return kept
