"""Assigning feedback to themes in SQL: by topic, and by PostgreSQL's text search in the theme's languages."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid
from sqlmodel import col, select

from services.shared.tables import Feedback, FeedbackTheme
from services.shared.tables.feedback import ThemeAssignedBy

_ASSIGN = text(
    """
    WITH item AS MATERIALIZED (
        -- Each text is read once a language, however many themes search it.
        SELECT feedback.id, feedback.topic_code,
               to_tsvector('finnish', words.text) AS fi, to_tsvector('swedish', words.text) AS sv,
               to_tsvector('english', words.text) AS en, to_tsvector('simple', words.text) AS other
        FROM feedback
        LEFT JOIN feedback_content AS content ON content.feedback_id = feedback.id
        CROSS JOIN LATERAL concat_ws(' ', content.title, content.body) AS words (text)
        WHERE feedback.id = ANY (:ids)
    )
    INSERT INTO feedback_theme (feedback_id, theme_code, applies, assigned_by, assigned_at)
    SELECT item.id, theme.code, true,
           CASE WHEN item.topic_code = ANY (theme.topic_codes) THEN 'topic' ELSE 'search' END, :at
    FROM item
    CROSS JOIN theme
    WHERE item.topic_code = ANY (theme.topic_codes)
       OR EXISTS (
           SELECT FROM jsonb_each_text(theme.searches) AS search (language, query)
           WHERE CASE search.language
                 WHEN 'fi' THEN item.fi @@ to_tsquery('finnish', search.query)
                 WHEN 'sv' THEN item.sv @@ to_tsquery('swedish', search.query)
                 WHEN 'en' THEN item.en @@ to_tsquery('english', search.query)
                 ELSE item.other @@ to_tsquery('simple', search.query) END)
    ON CONFLICT (feedback_id, theme_code) DO NOTHING
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid())))

# What a person said stays; so does what a search found in a text that has been erased since.
_FORGET = text(
    """
    DELETE FROM feedback_theme
    WHERE feedback_id = ANY (:ids)
      AND (assigned_by = 'topic'
           OR (assigned_by = 'search'
               AND EXISTS (SELECT FROM feedback_content AS content
                           WHERE content.feedback_id = feedback_theme.feedback_id)))
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid())))


async def assign(session: AsyncSession, feedback_ids: Sequence[UUID], *, at: datetime) -> int:
    """Assign new items to the themes whose topics or searches they match; returns how many assignments were made."""
    if not feedback_ids:
        return 0
    done = cast("CursorResult[Any]", await session.execute(_ASSIGN, {"ids": list(feedback_ids), "at": at}))
    return done.rowcount


async def reassign(session: AsyncSession, feedback_ids: Sequence[UUID], *, at: datetime) -> int:
    """Assign the items anew, keeping what a person said; returns how many assignments were made."""
    if not feedback_ids:
        return 0
    await session.execute(_FORGET, {"ids": list(feedback_ids)})
    return await assign(session, feedback_ids, at=at)


async def set_by_staff(session: AsyncSession, feedback_id: UUID, themes: dict[str, bool], *, at: datetime) -> None:
    """Write a person's word on each theme: whether the item belongs to it."""
    if not themes:
        return
    statement = insert(FeedbackTheme).values(
        [
            {
                "feedback_id": feedback_id,
                "theme_code": code,
                "applies": applies,
                "assigned_by": ThemeAssignedBy.STAFF.value,
                "assigned_at": at,
            }
            for code, applies in themes.items()
        ]
    )
    changed = {name: statement.excluded[name] for name in ("applies", "assigned_by", "assigned_at")}
    await session.execute(statement.on_conflict_do_update(index_elements=["feedback_id", "theme_code"], set_=changed))


async def list_ids(
    session: AsyncSession, *, first_day: date, last_day: date, after: UUID | None, limit: int
) -> Collection[UUID]:
    """Ids of items received on the local days, in their order."""
    statement = (
        select(Feedback.id)
        .where(col(Feedback.received_on).between(first_day, last_day))
        .order_by(col(Feedback.id))
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(col(Feedback.id) > after)
    return (await session.execute(statement)).scalars().all()
