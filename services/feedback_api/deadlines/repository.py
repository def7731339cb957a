"""Reading and writing the deadlines of items."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import and_, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.bulk_insert import bulk_insert
from services.shared.tables import DeadlinePolicy, Feedback, FeedbackDeadline, FeedbackEvent

COLUMNS = ("feedback_id", "policy_kind", "policy_valid_from", "due_on", "reasons", "computed_at")
"""Of the rows that are inserted."""


class KnownDeadline(NamedTuple):
    """An item's deadline and the policy it follows."""

    deadline: FeedbackDeadline
    policy: DeadlinePolicy


async def fetch_deadlines(session: AsyncSession, feedback_ids: Collection[UUID]) -> dict[UUID, KnownDeadline]:
    """The deadlines of those items that have one."""
    statement = (
        select(FeedbackDeadline, DeadlinePolicy)
        .join(
            DeadlinePolicy,
            and_(
                col(DeadlinePolicy.kind) == col(FeedbackDeadline.policy_kind),
                col(DeadlinePolicy.valid_from) == col(FeedbackDeadline.policy_valid_from),
            ),
        )
        .where(col(FeedbackDeadline.feedback_id).in_(feedback_ids))
    )
    return {
        deadline.feedback_id: KnownDeadline(deadline, policy) for deadline, policy in await session.execute(statement)
    }


async def insert(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert deadlines."""
    await bulk_insert(session, FeedbackDeadline, stored_form(rows))


def stored_form(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows as they are inserted: their reasons as JSON."""
    return [{**row, "reasons": orjson.dumps(row["reasons"]).decode()} for row in rows]


async def remove(session: AsyncSession, feedback_ids: Collection[UUID]) -> None:
    """Take the items' deadlines away."""
    await session.execute(delete(FeedbackDeadline).where(col(FeedbackDeadline.feedback_id).in_(feedback_ids)))


async def fetch_items(session: AsyncSession, feedback_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """Of each item what its deadline follows from: id, received_at, reply_wanted and hold_reason."""
    statement = select(Feedback.id, Feedback.received_at, Feedback.reply_wanted, Feedback.hold_reason).where(
        col(Feedback.id).in_(feedback_ids)
    )
    return [dict(row) for row in (await session.execute(statement)).mappings()]


async def fetch_type_events(session: AsyncSession, feedback_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """The events that gave the items a type, in order: feedback_id, type_code and occurred_at."""
    statement = (
        select(FeedbackEvent.feedback_id, FeedbackEvent.type_code, FeedbackEvent.occurred_at)
        .where(col(FeedbackEvent.feedback_id).in_(feedback_ids), col(FeedbackEvent.type_code).is_not(None))
        .order_by(col(FeedbackEvent.feedback_id), col(FeedbackEvent.sequence))
    )
    return [dict(row) for row in (await session.execute(statement)).mappings()]
