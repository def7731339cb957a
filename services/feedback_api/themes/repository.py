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

QUERIES = """
    SELECT theme.code, search.query LIKE '%!%' OR search.language NOT IN ('fi', 'sv', 'en') AS is_apart,
        config.name AS config, to_tsquery(config.name, search.query) AS words
    FROM theme
    CROSS JOIN LATERAL jsonb_each_text(theme.searches) AS search (language, query)
    CROSS JOIN LATERAL CAST(CASE search.language WHEN 'fi' THEN 'finnish' WHEN 'sv' THEN 'swedish'
        WHEN 'en' THEN 'english' ELSE 'simple' END AS regconfig) AS config (name)
"""
"""SQL for a materialized part ``query``: what themes search for.

A text that holds the words in one language holds them in the column that is indexed for all three as well, unless the
query is ``is_apart``: it asks that a word be missing, or is of a further language.
"""

ASSIGNED = """
    SELECT item.id, theme.code, true,
           CASE WHEN item.topic_code = ANY (theme.topic_codes) THEN 'topic' ELSE 'search' END, :assigned_at
    FROM item
    CROSS JOIN theme
    WHERE item.topic_code = ANY (theme.topic_codes)
       OR EXISTS (
           SELECT FROM query
           WHERE query.code = theme.code
             -- Few texts need to be read once more, in the query's own language.
             AND CASE WHEN query.is_apart OR item.search @@ query.words
                 THEN to_tsvector(query.config, concat_ws(' ', item.title, item.body)) @@ query.words END)
"""
"""SQL: the rows of ``feedback_theme`` for a part ``item`` of id, topic_code, title, body and search, by ``query``."""

_ASSIGN = text(
    f"""
    WITH query AS MATERIALIZED ({QUERIES}),
    item AS (
        SELECT feedback.id, feedback.topic_code, content.title, content.body, content.search
        FROM feedback
        LEFT JOIN feedback_content AS content ON content.feedback_id = feedback.id
        WHERE feedback.id = ANY (:ids)
    )
    INSERT INTO feedback_theme (feedback_id, theme_code, applies, assigned_by, assigned_at)
    {ASSIGNED}
    ON CONFLICT (feedback_id, theme_code) DO NOTHING
    """  # noqa: S608 (our own words)
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
    done = cast("CursorResult[Any]", await session.execute(_ASSIGN, {"ids": list(feedback_ids), "assigned_at": at}))
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
