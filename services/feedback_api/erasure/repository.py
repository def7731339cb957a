"""Deleting an item's content, and telling whose is gone."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.tables import Feedback, FeedbackContent, FeedbackEvent, FeedbackEventContent


async def erase_content(session: AsyncSession, feedback_id: UUID) -> int:
    """Delete text, title, name and contact of an item; how many rows there were (1 or 0)."""
    statement = delete(FeedbackContent).where(col(FeedbackContent.feedback_id) == feedback_id)
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount


async def erase_notes(session: AsyncSession, feedback_id: UUID) -> int:
    """Delete the words of an item's events; how many there were."""
    events = select(FeedbackEvent.id).where(col(FeedbackEvent.feedback_id) == feedback_id)
    statement = delete(FeedbackEventContent).where(col(FeedbackEventContent.event_id).in_(events))
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount


async def fetch_erased(session: AsyncSession, ids: Sequence[UUID]) -> list[UUID]:
    """Those of the items that have no content any more."""
    statement = (
        select(Feedback.id)
        .outerjoin(FeedbackContent, col(FeedbackContent.feedback_id) == col(Feedback.id))
        .where(col(Feedback.id).in_(ids), col(FeedbackContent.feedback_id).is_(None))
        .order_by(col(Feedback.id))
    )
    return list((await session.execute(statement)).scalars())
