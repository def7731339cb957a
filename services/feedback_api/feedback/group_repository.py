"""Storing the submissions of a group with all that belongs to them, in one statement that is a transaction of its own.

The group can only be told "stored" or "not here": a double, and a request whose Idempotency-Key came before, is left
to be taken by itself, by the ordinary way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.deadlines import repository as deadlines
from services.feedback_api.feedback.repository import NewRows
from services.feedback_api.publication import repository as publication
from services.feedback_api.spam.repository import REMEMBER_NEW
from services.feedback_api.themes import repository as themes
from services.shared.bulk_insert import as_json, insert_of
from services.shared.group_keys import IS_FREE, KEY_COLUMNS, REMEMBER_KEYS, RequestKey, key_columns
from services.shared.tables import Feedback, FeedbackContent, FeedbackDeadline, FeedbackEvent, FeedbackPublication
from services.shared.tables.access import Service


@dataclass(frozen=True, slots=True)
class Sent:
    """A new item's id, by what it is known when it comes again, and the JSON that it is answered with."""

    id: UUID
    fingerprint: str | None
    key: RequestKey | None
    answer: str


@dataclass(frozen=True, slots=True)
class GroupRows:
    """The rows of the items of a group, by table; those of which item is told by their ``feedback_id``."""

    new: NewRows
    deadlines: Sequence[Mapping[str, Any]]
    services: Mapping[UUID, str]
    """Of the items that a moderator may publish, the service that each is listed under."""


@cache
def _statement(facts: tuple[str, ...], content: tuple[str, ...], events: tuple[str, ...]) -> TextClause:
    """The statement for rows with these columns; foreign keys are checked when all rows are there."""
    is_taken = "WHERE feedback_id IN (SELECT id FROM taken)"
    return text(
        f"""
        WITH sent AS MATERIALIZED (
            SELECT *, {IS_FREE} AS is_free
            FROM json_to_recordset(CAST(:sent AS json)) AS sent (id uuid, fingerprint text, {KEY_COLUMNS})
        ), new AS (
            {REMEMBER_NEW.format(new="(SELECT * FROM sent WHERE is_free) AS free")}
        ), taken AS MATERIALIZED (
            SELECT * FROM sent
            WHERE is_free AND (fingerprint IS NULL OR id IN (SELECT feedback_id FROM new))
        ), keys AS (
            {REMEMBER_KEYS.format(taken="taken")}
        ), facts AS (
            {insert_of(Feedback, facts)} WHERE id IN (SELECT id FROM taken)
            RETURNING id, topic_code
        ), content AS (
            {insert_of(FeedbackContent, content)} {is_taken}
            RETURNING feedback_id AS id, title, body, search
        ), events AS (
            {insert_of(FeedbackEvent, events)} {is_taken}
        ), deadlines AS (
            {insert_of(FeedbackDeadline, deadlines.COLUMNS)} {is_taken}
        ), publications AS (
            {insert_of(FeedbackPublication, publication.PENDING_COLUMNS)} {is_taken}
        ), query AS MATERIALIZED (
            {themes.QUERIES}
        ), item AS MATERIALIZED (
            SELECT * FROM facts JOIN content USING (id)
        ), themes AS (
            INSERT INTO feedback_theme (feedback_id, theme_code, applies, assigned_by, assigned_at)
            {themes.ASSIGNED}
        )
        SELECT id FROM taken
        """  # noqa: S608 (our own words)
    )


async def store(
    session: AsyncSession, sent: Sequence[Sent], rows: GroupRows, *, at: datetime, window: timedelta
) -> set[UUID]:
    """Store the items; the ids of those that were. No two of them have one fingerprint or key."""
    new = rows.new
    parameters = {
        "sent": as_json([_marks(one) for one in sent]),
        "feedback": as_json(new.facts),
        "feedback_content": as_json(new.content),
        "feedback_event": as_json(new.events),
        "feedback_deadline": as_json(deadlines.stored_form(rows.deadlines)),
        "feedback_publication": as_json(publication.pending_rows(rows.services)),
        "service": Service.FEEDBACK_API.value,
        "recorded_at": at,
        "assigned_at": at,
        "forgotten_before": at - window,
    }
    statement = _statement(tuple(new.facts[0]), tuple(new.content[0]), tuple(new.events[0]))
    return set((await session.execute(statement, parameters)).scalars())


def _marks(sent: Sent) -> dict[str, object]:
    key = key_columns(sent.key, sent.answer) if sent.key is not None else {}
    return {"id": sent.id, "fingerprint": sent.fingerprint} | key
