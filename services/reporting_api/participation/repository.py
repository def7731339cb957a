"""Reads the public acts of participation of a period, as published where the session reads so."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.periods import Period

Units = frozenset[str] | None

_IN_PERIOD = """
WHERE acted_on >= :starts_on AND acted_on < :ends_on
AND (CAST(:units AS text[]) IS NULL OR unit_code = ANY (CAST(:units AS text[])))
"""

_MEETINGS = f"SELECT * FROM meeting_act {_IN_PERIOD} ORDER BY acted_on, id"  # noqa: S608 (of this module)

_PROPOSALS = f"""
SELECT DISTINCT ON (proposed_on, id) * FROM proposal_act {_IN_PERIOD} ORDER BY proposed_on, id, act
"""  # noqa: S608 (of this module)
"""One that was made and answered in the period is told once."""

_INITIATIVES = f"""
SELECT DISTINCT ON (received_on, id) * FROM initiative_act {_IN_PERIOD} ORDER BY received_on, id, act
"""  # noqa: S608 (of this module)


async def list_meetings(session: AsyncSession, period: Period, units: Units) -> Sequence[RowMapping]:
    """Meetings held in the period, of the units' panels or of all."""
    return await _rows(session, _MEETINGS, period, units)


async def list_proposals(session: AsyncSession, period: Period, units: Units) -> Sequence[RowMapping]:
    """Proposals made or answered in the period, of the units' panels or of all."""
    return await _rows(session, _PROPOSALS, period, units)


async def list_initiatives(session: AsyncSession, period: Period, units: Units) -> Sequence[RowMapping]:
    """Initiatives received or decided in the period, of the units or of all."""
    return await _rows(session, _INITIATIVES, period, units)


async def _rows(session: AsyncSession, statement: str, period: Period, units: Units) -> Sequence[RowMapping]:
    parameters: dict[str, Any] = {
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "units": None if units is None else sorted(units),
    }
    return (await session.execute(text(statement), parameters)).mappings().all()
