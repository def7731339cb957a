"""Tables over all quarters that have data, from the same reports that the figures are served from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.measures.figures import Figure
from services.reporting_api.periods.data_version import data_version
from services.reporting_api.periods.schemas import Report
from services.reporting_api.periods.service import PeriodService
from services.reporting_api.quarters.memory import Memory
from services.reporting_api.quarters.repository import QuarterRepository
from services.reporting_api.tables.formats.flat import Edition
from services.reporting_api.tables.service import SOURCE, BuiltTable, beside, find_table
from services.shared.clock import local_day
from services.shared.periods import EARLIEST_PERIOD_YEAR, Period, PeriodKind, period_of

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
        self, session: AsyncSession, periods: PeriodService, memory: Memory[Reports], *, max_periods: int
    ) -> None:
        self._session = session
        self._repository = QuarterRepository(session)
        self._periods = periods
        self._memory = memory
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
        reports = await self._reports(asking)
        edition = (
            Edition(asking.as_of, None, (), SOURCE)
            if not reports
            else beside(list(reports.values())[-1].model_copy(update={"as_of": asking.as_of}))
        )
        return BuiltTable(definition.build(reports), edition)

    async def _reports(self, asking: Asking) -> Reports:
        """All quarters' reports as the asker may see them, counted anew where anything may have changed."""
        version = await data_version(self._session, asking.as_of)
        # The clock decides which quarters there are and which of them are over; both change at midnight.
        key = (version, asking.catalogue_revision, asking.is_internal, local_day(asking.as_of))
        kept = self._memory.find(key) if version else None
        if kept is not None:
            return kept
        quarters = await self.list_quarters(asking.as_of)
        reports = await self._periods.reports(quarters, asking.as_of, is_internal=asking.is_internal)
        if version:
            self._memory.keep(key, reports)
        return reports
