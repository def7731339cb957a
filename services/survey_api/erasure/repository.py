"""Deleting comments, and finding those that are feedback too."""

from collections.abc import Sequence
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import CursorResult, and_, delete, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.tables import CommentHandover, SurveyResponseContent


class ContentKey(NamedTuple):
    """Whose comments they are."""

    service_point: str
    response_id: UUID


class Copy(NamedTuple):
    """Comments that were handed over and are still here."""

    handover_id: UUID
    feedback_id: UUID
    key: ContentKey


async def erase_comments(session: AsyncSession, keys: Sequence[ContentKey]) -> int:
    """Delete the responses' comments, and what of them still waits to be handed over; how many had any.

    What was decided about the comments goes with them. The answers stay: they say that there was a text, no more.
    """
    if not keys:
        return 0
    waiting = delete(CommentHandover).where(
        tuple_(col(CommentHandover.service_point_code), col(CommentHandover.response_id)).in_(keys),
        col(CommentHandover.response_id).in_([key.response_id for key in keys]),
        col(CommentHandover.delivered_at).is_(None),
    )
    await session.execute(waiting.execution_options(synchronize_session=False))
    table = SurveyResponseContent
    comments = delete(table).where(tuple_(col(table.service_point_code), col(table.response_id)).in_(keys))
    erased = await session.execute(comments.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", erased).rowcount


async def fetch_copies(session: AsyncSession, *, after: UUID | None, limit: int) -> Sequence[Copy]:
    """Comments that are feedback by now and are still here, in the order of their hand-overs."""
    statement = (
        select(
            CommentHandover.id,
            CommentHandover.feedback_id,
            SurveyResponseContent.service_point_code,
            SurveyResponseContent.response_id,
        )
        .join(
            SurveyResponseContent,
            and_(
                col(SurveyResponseContent.service_point_code) == col(CommentHandover.service_point_code),
                col(SurveyResponseContent.response_id) == col(CommentHandover.response_id),
            ),
        )
        .where(col(CommentHandover.feedback_id).is_not(None))
        .order_by(col(CommentHandover.id))
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(col(CommentHandover.id) > after)
    return [Copy(row[0], row[1], ContentKey(row[2], row[3])) for row in await session.execute(statement)]
