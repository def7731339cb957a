"""Finding what is due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.feedback_api.feedback.lifecycle import OPEN
from services.feedback_api.retention.rules import Due
from services.shared.tables import Feedback, FeedbackContent
from services.shared.tables.retention import CountedFrom


def _is_due(due: Due) -> Sequence[ColumnElement[bool]]:
    """The conditions for an item to fall under the policy and to have been kept long enough."""
    found: list[ColumnElement[bool]] = [
        col(Feedback.hold).in_(due.holds) if due.holds else col(Feedback.hold).is_(None),
        col(Feedback.type_code).in_(due.type_codes)
        if due.type_codes
        else col(Feedback.type_code).not_in(due.other_types),
    ]
    if due.counted_from is CountedFrom.RECEIVED:
        return [*found, col(Feedback.received_at) < due.before]
    return [*found, col(Feedback.state).not_in(OPEN), col(Feedback.last_event_at) < due.before]


async def count_due(session: AsyncSession, due: Due) -> tuple[int, datetime | None]:
    """How many items have content that is due, and when the oldest was received."""
    statement = (
        select(func.count(), func.min(col(Feedback.received_at)))
        .select_from(Feedback)
        .join(FeedbackContent, col(FeedbackContent.feedback_id) == col(Feedback.id))
        .where(*_is_due(due))
    )
    row = (await session.execute(statement)).one()
    return row[0], row[1]


async def lock_due(session: AsyncSession, due: Due, limit: int) -> Sequence[Feedback]:
    """Some items with content that is due, which nobody else changes until this transaction ends."""
    statement = (
        select(Feedback)
        .join(FeedbackContent, col(FeedbackContent.feedback_id) == col(Feedback.id))
        .where(*_is_due(due))
        .order_by(col(Feedback.id))
        .limit(limit)
        .with_for_update(of=Feedback, skip_locked=True)
    )
    return (await session.execute(statement)).scalars().all()
