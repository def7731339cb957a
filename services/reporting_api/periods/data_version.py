"""A version of all data, by which what was counted before is known to be still right."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_VERSION = """
SELECT pg_postmaster_start_time()::text || ' ' || pg_current_snapshot()::text
WHERE pg_current_xact_id_if_assigned() IS NULL
"""


async def data_version(session: AsyncSession) -> str | None:
    """A text that is the same for two sessions only where both see the same data; None where none can be told.

    It is PostgreSQL's own snapshot: which transactions are committed in what the session sees. Every write that has
    been acknowledged is in a transaction with a number, so it changes the text of whoever begins after it. None for a
    session that has written itself: what it sees is not in its snapshot. Needs repeatable read, under which all of
    reporting_api's reading is.
    """
    version: str | None = (await session.execute(text(_VERSION))).scalar_one_or_none()
    return version
