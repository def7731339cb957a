"""Reading and writing the rows of attachments."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.bulk_insert import bulk_insert
from services.shared.tables import FeedbackAttachment


async def insert(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows."""
    await bulk_insert(session, FeedbackAttachment, rows)


async def fetch(session: AsyncSession, feedback_id: UUID) -> Sequence[FeedbackAttachment]:
    """The item's attachments in their order."""
    statement = (
        select(FeedbackAttachment)
        .where(col(FeedbackAttachment.feedback_id) == feedback_id)
        .order_by(col(FeedbackAttachment.position))
    )
    return (await session.execute(statement)).scalars().all()


async def find(session: AsyncSession, feedback_id: UUID, position: int) -> FeedbackAttachment | None:
    """One attachment of an item."""
    return await session.get(FeedbackAttachment, (feedback_id, position))


async def remove(session: AsyncSession, feedback_id: UUID) -> None:
    """Delete the item's rows."""
    await session.execute(delete(FeedbackAttachment).where(col(FeedbackAttachment.feedback_id) == feedback_id))


async def known_keys(session: AsyncSession, keys: Collection[str]) -> set[str]:
    """Those of the storage keys that a row has."""
    statement = select(FeedbackAttachment.storage_key).where(col(FeedbackAttachment.storage_key).in_(keys))
    return set((await session.execute(statement)).scalars())
