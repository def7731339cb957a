"""Reading and writing what a moderator has decided of items, and what of them is public."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.bulk_insert import bulk_insert
from services.shared.pagination import Cursor
from services.shared.tables import Feedback, FeedbackContent, FeedbackPublication
from services.shared.tables.open311 import Moderation

NO_WORDS: dict[str, Any] = {"title": None, "body": None, "answer": None, "has_attachments": False}
"""Of an item that nothing is public of."""

PENDING_COLUMNS = ("feedback_id", "service_code", "service_object_id", "service_object_type", "moderation")
"""Of the rows of items that await a moderator."""

Row = tuple[FeedbackPublication, Feedback, FeedbackContent | None]


async def insert(session: AsyncSession, *, moderation: Moderation, **values: Any) -> None:
    """Let an item be followed."""
    await bulk_insert(session, FeedbackPublication, [{**values, "moderation": moderation.value}])


async def insert_pending(session: AsyncSession, service_codes: Mapping[UUID, str]) -> None:
    """Let items await a moderator, each under its service."""
    await bulk_insert(session, FeedbackPublication, pending_rows(service_codes))


def pending_rows(service_codes: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """The rows of items that await a moderator, each under its service."""
    return [
        {
            "feedback_id": feedback_id,
            "service_code": code,
            "service_object_id": None,
            "service_object_type": None,
            "moderation": Moderation.PENDING.value,
        }
        for feedback_id, code in service_codes.items()
    ]


async def find(session: AsyncSession, feedback_id: UUID) -> FeedbackPublication | None:
    """What is public of the item; None where it cannot be followed."""
    return await session.get(FeedbackPublication, feedback_id)


async def change(session: AsyncSession, feedback_id: UUID, values: dict[str, Any], *, at: datetime) -> None:
    """Write a moderator's decision; who follows changes of the item sees it."""
    await session.execute(
        update(FeedbackPublication).where(col(FeedbackPublication.feedback_id) == feedback_id).values(**values)
    )
    await session.execute(update(Feedback).where(col(Feedback.id) == feedback_id).values(updated_at=at))


async def clear_words(session: AsyncSession, feedback_id: UUID) -> None:
    """Take the public words away; that it was published stays."""
    await session.execute(
        update(FeedbackPublication).where(col(FeedbackPublication.feedback_id) == feedback_id).values(NO_WORDS)
    )


async def withdraw_permission(session: AsyncSession, feedback_id: UUID, *, at: datetime) -> None:
    """Take back the sender's permission, the words that were public by it, and what a moderator had decided by it."""
    undecided = {"moderation": Moderation.PENDING.value, "moderated_at": None, "moderated_by": None}
    await change(session, feedback_id, NO_WORDS | undecided, at=at)
    await session.execute(update(Feedback).where(col(Feedback.id) == feedback_id).values(publication_permitted=False))


async def list_rows(session: AsyncSession, moderation: Moderation, after: Cursor | None, limit: int) -> Sequence[Row]:
    """Items of the moderation whose senders permit it, those that came first foremost."""
    statement = (
        select(FeedbackPublication, Feedback, FeedbackContent)
        .join(Feedback, col(Feedback.id) == col(FeedbackPublication.feedback_id))
        .outerjoin(FeedbackContent, col(FeedbackContent.feedback_id) == col(Feedback.id))
        .where(col(FeedbackPublication.moderation) == moderation.value, col(Feedback.publication_permitted))
        .order_by(col(Feedback.received_at), col(Feedback.id))
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(col(Feedback.received_at), col(Feedback.id)) > (after.instant, after.id))
    return [(publication, facts, content) for publication, facts, content in await session.execute(statement)]
