"""A version of all data, by which what was counted before is known to be still right."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_VERSION = """
SELECT pg_postmaster_start_time()::text || ' ' || pg_current_snapshot()::text || ' '
    || (SELECT count(*) FROM edition WHERE embargo_until <= CAST(:as_of AS timestamptz))
WHERE pg_current_xact_id_if_assigned() IS NULL
"""


async def data_version(session: AsyncSession, as_of: datetime) -> str | None:
    """A text that is the same for two sessions only where both see the same data; None where none can be told.

    It is PostgreSQL's own snapshot: which transactions are committed in what the session sees. Every write that has
    been acknowledged is in a transaction with a number, so it changes the text of whoever begins after it; and the
    embargoes that are over by ``as_of``, as an edition comes out with no write at all. None for a
    session that has written itself: what it sees is not in its snapshot. Needs repeatable read, under which all of
    reporting_api's reading is.
    """
    version: str | None = (await session.execute(text(_VERSION), {"as_of": as_of})).scalar_one_or_none()
    return version
