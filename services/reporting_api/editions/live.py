"""The live figures an edition is made from: one snapshot, read in a transaction of its own before any writing."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.hours.schemas import SmileyHours
from services.reporting_api.hours.service import HoursService
from services.reporting_api.measures.figures import Figure
from services.reporting_api.periods.inquiry import Inquiry, find_period
from services.reporting_api.periods.schemas import Report
from services.reporting_api.periods.series import SERIES_QUARTERS
from services.reporting_api.periods.service import PeriodService
from services.reporting_api.readiness.checks import Circumstances
from services.reporting_api.readiness.service import ReadinessService
from services.reporting_api.statements.clients import StatementClients
from services.reporting_api.statements.schemas import StatementComparison
from services.shared.catalogue import Catalogue, UnitsAs
from services.shared.database import Sessions
from services.shared.periods import PeriodKind

Reports = dict[str, Report[Figure]]
"""Reports of quarters by label, oldest first."""


class Snapshot(NamedTuple):
    """What one reader may see of the figures: the series' reports, and the quarter's smileys by hour."""

    reports: Reports
    hours: SmileyHours


class LiveFigures:
    """Reads the figures as they are now."""

    def __init__(self, sessions: Sessions, catalogue: Catalogue, clients: StatementClients) -> None:
        self._sessions = sessions
        self._catalogue = catalogue
        self._clients = clients

    async def series(self, quarter: str, at: datetime) -> tuple[Snapshot, Snapshot]:
        """The quarter and those before it: as the public may see them, and with nothing hidden."""
        shown, internal = _inquiry(quarter, at, is_internal=False), _inquiry(quarter, at, is_internal=True)
        async with self._sessions.session() as session:
            return await self._snapshot(session, shown), await self._snapshot(session, internal)

    async def of_edition(self, session: AsyncSession, quarter: str, version: int, at: datetime) -> Snapshot:
        """As the public may see them beside the published editions, counted from the records of this one."""
        return await self._snapshot(
            session, replace(_inquiry(quarter, at, is_internal=False), edition=(quarter, version))
        )

    async def unhidden(self, quarter: str, at: datetime) -> Snapshot:
        """With nothing hidden, as staff see them now."""
        async with self._sessions.session() as session:
            return await self._snapshot(session, _inquiry(quarter, at, is_internal=True))

    async def statements(self, quarter: str, at: datetime) -> list[StatementComparison]:
        """Both services' recounts of the quarter against the figures."""
        async with self._periods() as periods:
            inquiry = replace(_inquiry(quarter, at, is_internal=True), compares_statements=True)
            return (await periods.report(inquiry)).statements or []

    async def circumstances(self, quarter: str, at: datetime, measures_before: Mapping[str, int]) -> Circumstances:
        """What surrounds the quarter's figures; ``measures_before`` are those of the edition before, by version."""
        period = find_period(PeriodKind.QUARTER, quarter, at)
        async with self._sessions.session() as session:
            return await ReadinessService(session, self._catalogue).circumstances(period, at, measures_before)

    async def _snapshot(self, session: AsyncSession, inquiry: Inquiry) -> Snapshot:
        periods = PeriodService(session, self._catalogue, self._clients)
        reports = await periods.series(inquiry, SERIES_QUARTERS)
        return Snapshot(reports, await HoursService(session, self._catalogue).hours(inquiry))

    @asynccontextmanager
    async def _periods(self) -> AsyncIterator[PeriodService]:
        async with self._sessions.session() as session:
            yield PeriodService(session, self._catalogue, self._clients)


def _inquiry(quarter: str, at: datetime, *, is_internal: bool) -> Inquiry:
    find_period(PeriodKind.QUARTER, quarter, at)
    return Inquiry(PeriodKind.QUARTER, quarter, None, UnitsAs.THEN, at, is_internal=is_internal)
