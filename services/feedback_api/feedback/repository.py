"""Reading and writing the feedback tables."""

import operator
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, cast, func, or_, tuple_, update
from sqlalchemy.dialects.postgresql import REGCONFIG, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from services.feedback_api.deadlines.due_lists import DueWindow
from services.feedback_api.feedback.lifecycle import OPEN, Happening, Standing
from services.shared.bulk_insert import bulk_insert_all
from services.shared.identifiers import new_uuid
from services.shared.pagination import Cursor
from services.shared.tables import (
    Feedback,
    FeedbackContent,
    FeedbackDeadline,
    FeedbackEvent,
    FeedbackEventContent,
    FeedbackTheme,
    Table,
)
from services.shared.tables.feedback import FeedbackState, Hold


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of feedback is narrowed to."""

    updated_since: datetime | None = None
    received_from: date | None = None
    received_to: date | None = None
    state: FeedbackState | None = None
    source: str | None = None
    type_code: str | None = None
    topic_code: str | None = None
    unit_codes: Collection[str] | None = None
    due: DueWindow | None = None
    hold: Hold | None = None
    words: str | None = None


@dataclass(slots=True)
class NewRows:
    """Rows of one or many new items, written together in one statement."""

    facts: list[dict[str, Any]] = field(default_factory=list)
    content: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    event_content: list[dict[str, Any]] = field(default_factory=list)

    def add_event(
        self, feedback_id: UUID, sequence: int, happening: Happening, *, actor: str, at: datetime, note: str | None
    ) -> UUID:
        """Add an event's rows and return its id."""
        event_id = new_uuid()
        self.events.append(
            {
                "id": event_id,
                "feedback_id": feedback_id,
                "sequence": sequence,
                "kind": happening.kind.value,
                "occurred_at": happening.occurred_at,
                "recorded_at": at,
                "actor": actor,
                "unit_code": happening.unit_code,
                "type_code": happening.type_code,
                "topic_code": happening.topic_code,
                "recipient": happening.recipient,
                "hold": happening.hold.value if happening.hold else None,
                "hold_reason": happening.hold_reason,
                "is_sensitive": happening.is_sensitive,
            }
        )
        if note is not None:
            self.event_content.append({"event_id": event_id, "note": note})
        return event_id


def standing_values(standing: Standing) -> dict[str, Any]:
    """The columns of the facts that follow from the events."""
    return {
        "state": standing.state.value,
        "unit_code": standing.unit_code,
        "type_code": standing.type_code,
        "topic_code": standing.topic_code,
        "reacted_at": standing.reacted_at,
        "handled_at": standing.handled_at,
        "last_event_at": standing.last_event_at,
        "event_count": standing.event_count,
        "hold": standing.hold.value if standing.hold else None,
        "hold_reason": standing.hold_reason,
        "hold_confirmed_at": standing.hold_confirmed_at,
    }


def standing_of(facts: Feedback) -> Standing:
    """Where a stored item stands."""
    return Standing(
        FeedbackState(facts.state),
        facts.unit_code,
        facts.type_code,
        facts.topic_code,
        facts.reacted_at,
        facts.handled_at,
        facts.last_event_at,
        facts.event_count,
        Hold(facts.hold) if facts.hold else None,
        facts.hold_reason,
        facts.hold_confirmed_at,
    )


async def write(session: AsyncSession, rows: NewRows) -> None:
    """Insert the rows."""
    tables: tuple[tuple[type[Table], list[dict[str, Any]]], ...] = (
        (Feedback, rows.facts),
        (FeedbackContent, rows.content),
        (FeedbackEvent, rows.events),
        (FeedbackEventContent, rows.event_content),
    )
    await bulk_insert_all(session, tables)


async def update_standing(session: AsyncSession, feedback_id: UUID, standing: Standing, *, at: datetime) -> None:
    """Write where the item stands now."""
    await session.execute(
        update(Feedback).where(col(Feedback.id) == feedback_id).values(updated_at=at, **standing_values(standing))
    )


async def find(session: AsyncSession, feedback_id: UUID) -> Feedback | None:
    """The facts of an item."""
    return await session.get(Feedback, feedback_id)


async def find_locked(session: AsyncSession, feedback_id: UUID) -> Feedback | None:
    """The facts of an item, which nobody else changes until this transaction ends."""
    statement = select(Feedback).where(col(Feedback.id) == feedback_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def find_by_receipt(session: AsyncSession, receipt: str) -> Feedback | None:
    """The facts of the item with the receipt."""
    return (await session.execute(select(Feedback).where(col(Feedback.receipt) == receipt))).scalar_one_or_none()


async def fetch_by_reference(
    session: AsyncSession, references: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Feedback]:
    """The stored items among (source, reference) pairs, locked against other imports."""
    if not references:
        return {}
    key = tuple_(col(Feedback.source), col(Feedback.source_reference))
    statement = select(Feedback).where(key.in_(references)).order_by(col(Feedback.id)).with_for_update()
    rows = (await session.execute(statement)).scalars()
    return {(row.source, row.source_reference or ""): row for row in rows}


async def count_unconfirmed_holds(session: AsyncSession) -> dict[str, int]:
    """How many items are kept apart without a person's word, by why."""
    statement = (
        select(Feedback.hold, func.count())
        .where(col(Feedback.hold).is_not(None), col(Feedback.hold_confirmed_at).is_(None))
        .group_by(col(Feedback.hold))
    )
    counted: dict[str | None, int] = dict((await session.execute(statement)).all())
    return {hold.value: counted.get(hold.value, 0) for hold in Hold}


async def fetch_content(session: AsyncSession, feedback_id: UUID) -> FeedbackContent | None:
    """The content of an item, or None once erased."""
    return await session.get(FeedbackContent, feedback_id)


async def fetch_events(session: AsyncSession, feedback_ids: Collection[UUID]) -> dict[UUID, list[FeedbackEvent]]:
    """The events of the items, in order."""
    statement = (
        select(FeedbackEvent)
        .where(col(FeedbackEvent.feedback_id).in_(feedback_ids))
        .order_by(col(FeedbackEvent.feedback_id), col(FeedbackEvent.sequence))
    )
    events: dict[UUID, list[FeedbackEvent]] = {feedback_id: [] for feedback_id in feedback_ids}
    for event in (await session.execute(statement)).scalars():
        events[event.feedback_id].append(event)
    return events


async def fetch_notes(session: AsyncSession, feedback_id: UUID) -> Mapping[UUID, str]:
    """The words of an item's events, by event id."""
    statement = (
        select(FeedbackEventContent.event_id, FeedbackEventContent.note)
        .join(FeedbackEvent, col(FeedbackEvent.id) == col(FeedbackEventContent.event_id))
        .where(col(FeedbackEvent.feedback_id) == feedback_id)
    )
    return {row.event_id: row.note for row in await session.execute(statement)}


async def fetch_themes(session: AsyncSession, feedback_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """The themes each item belongs to."""
    statement = (
        select(FeedbackTheme.feedback_id, FeedbackTheme.theme_code)
        .where(col(FeedbackTheme.feedback_id).in_(feedback_ids), col(FeedbackTheme.applies))
        .order_by(col(FeedbackTheme.theme_code))
    )
    themes: dict[UUID, list[str]] = {feedback_id: [] for feedback_id in feedback_ids}
    for row in await session.execute(statement):
        themes[row.feedback_id].append(row.theme_code)
    return themes


async def list_facts(session: AsyncSession, filters: Filters, after: Cursor | None, limit: int) -> Sequence[Feedback]:
    """Up to ``limit`` items after the cursor, in the order they were last changed."""
    statement = select(Feedback).order_by(col(Feedback.updated_at), col(Feedback.id)).limit(limit)
    conditions = (
        (operator.ge, col(Feedback.updated_at), filters.updated_since),
        (operator.ge, col(Feedback.received_on), filters.received_from),
        (operator.le, col(Feedback.received_on), filters.received_to),
        (operator.eq, col(Feedback.state), filters.state),
        (operator.eq, col(Feedback.source), filters.source),
        (operator.eq, col(Feedback.type_code), filters.type_code),
        (operator.eq, col(Feedback.topic_code), filters.topic_code),
        (operator.eq, col(Feedback.hold), filters.hold),
    )
    statement = statement.where(*(compare(column, value) for compare, column, value in conditions if value is not None))
    if filters.unit_codes is not None:
        statement = statement.where(col(Feedback.unit_code).in_(filters.unit_codes))
    if filters.due is not None:
        statement = statement.where(*_is_due(filters.due))
    if filters.words is not None:
        statement = statement.where(col(Feedback.id).in_(with_words(filters.words)))
    if after is not None:
        position = tuple_(col(Feedback.updated_at), col(Feedback.id))
        statement = statement.where(position > (after.instant, after.id))
    return (await session.execute(statement)).scalars().all()


def with_words(words: str) -> SelectOfScalar[UUID]:
    """Ids of items whose title or text holds the words, in any inflection of Finnish, Swedish or English."""
    queries = [
        func.websearch_to_tsquery(cast(language, REGCONFIG), words) for language in ("finnish", "swedish", "english")
    ]
    search = cast(col(FeedbackContent.search), TSVECTOR)
    return select(FeedbackContent.feedback_id).where(or_(*(search.bool_op("@@")(query) for query in queries)))


def _is_due(window: DueWindow) -> tuple[ColumnElement[bool], ...]:
    """Open, whether for the first time or again, with a deadline in the window."""
    due = select(FeedbackDeadline.feedback_id).where(col(FeedbackDeadline.due_on) <= window.last)
    if window.first is not None:
        due = due.where(col(FeedbackDeadline.due_on) >= window.first)
    return col(Feedback.state).in_(OPEN), col(Feedback.id).in_(due)
