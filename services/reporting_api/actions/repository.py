"""Reading and writing actions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.tables import ReviewAction


async def list_actions(session: AsyncSession, quarter: str) -> Sequence[ReviewAction]:
    """The quarter's actions, by the day they were done."""
    statement = (
        select(ReviewAction)
        .where(col(ReviewAction.quarter) == quarter)
        .order_by(col(ReviewAction.done_on), col(ReviewAction.id))
    )
    return (await session.execute(statement)).scalars().all()


async def insert(session: AsyncSession, action: ReviewAction) -> None:
    """Write a new action."""
    session.add(action)
    await session.flush()


async def remove(session: AsyncSession, quarter: str, action_id: UUID) -> bool:
    """Take the action away; False where there was none."""
    statement = (
        delete(ReviewAction)
        .where(col(ReviewAction.quarter) == quarter, col(ReviewAction.id) == action_id)
        .returning(col(ReviewAction.id))
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None
