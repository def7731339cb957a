"""Counts of whole months, kept in memory until something of the month is changed."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.answers.cells import Cells
from services.reporting_api.memory import Memory
from services.shared.clock import now
from services.shared.settings import get_settings


@dataclass(frozen=True, slots=True)
class KeptMonth:
    """A month's counts, and the snapshot of the server that they were read in."""

    cells: Cells
    snapshot: str
    counted_at: datetime


class KeptMonths:
    """The months that were counted last from one database. Whether one still holds is for the reader to ask."""

    def __init__(self, size: int, age_max: timedelta) -> None:
        self._months: Memory[KeptMonth] = Memory(size)
        self._age_max = age_max

    def find(self, server: str, source: Hashable, month: date) -> KeptMonth | None:
        """The month as last counted from the source, of the same start of the server: its snapshots are comparable."""
        kept = self._months.find((server, source, month))
        return kept if kept and now() - kept.counted_at < self._age_max else None

    def keep(self, server: str, source: Hashable, month: date, kept: KeptMonth) -> None:
        """Keep it in the place of an earlier one, and let go of the oldest."""
        self._months.keep((server, source, month), kept)


_by_engine: WeakKeyDictionary[Engine, KeptMonths] = WeakKeyDictionary()


def kept_months(session: AsyncSession) -> KeptMonths:
    """Those of the session's database: they are gone with its engine."""
    engine = session.get_bind().engine
    if engine not in _by_engine:
        settings = get_settings()
        # Half as long as it is kept what has changed since.
        _by_engine[engine] = KeptMonths(settings.answer_months_kept, timedelta(days=settings.answer_changes_days) / 2)
    return _by_engine[engine]
