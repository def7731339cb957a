"""Lets go of the notes on changed months, once no count that was made before them can still be in memory."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col

from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.recurring import recurring
from services.shared.tables import AnswerChange

INTERVAL_SECONDS = 3600


async def forget_changes(sessions: Sessions, *, days: int) -> None:
    """Delete what was noted more than so many days ago."""
    async with sessions.session() as session, session.begin():
        await session.execute(delete(AnswerChange).where(col(AnswerChange.recorded_at) < now() - timedelta(days=days)))


def forgetting_changes(sessions: Sessions, *, days: int) -> AbstractAsyncContextManager[None]:
    """Does so every hour while the context is open."""
    return recurring("changed months", lambda: forget_changes(sessions, days=days), seconds=INTERVAL_SECONDS)
