"""Finding what is due, and remembering what was done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.feedback_api.feedback.lifecycle import OPEN
from services.feedback_api.retention.rules import Due
from services.shared.identifiers import new_uuid
from services.shared.tables import Feedback, FeedbackContent, RetentionRun
from services.shared.tables.retention import CountedFrom

DAILY_LOCK = 0x6B617473
"""The advisory lock of the daily run: any number that nothing else of ours uses."""


def _is_due(due: Due) -> Sequence[ColumnElement[bool]]:
    """The conditions of ``Due.applies_to`` and ``Due.is_due``; a test holds the two alike."""
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


async def insert_run(
    session: AsyncSession, *, actor: str, is_dry_run: bool, started_at: datetime, at: datetime, counts: dict[str, Any]
) -> UUID:
    """Remember a run."""
    run = RetentionRun(
        id=new_uuid(), actor=actor, is_dry_run=is_dry_run, started_at=started_at, finished_at=at, counts=counts
    )
    session.add(run)
    await session.flush()
    return run.id


async def list_runs(session: AsyncSession, limit: int) -> Sequence[RetentionRun]:
    """The last runs, newest first."""
    statement = select(RetentionRun).order_by(col(RetentionRun.started_at).desc()).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def last_real_run(session: AsyncSession) -> datetime | None:
    """When content was last erased by a run that came to its end: one that failed is tried again."""
    statement = select(func.max(col(RetentionRun.started_at))).where(
        col(RetentionRun.is_dry_run).is_(False), col(RetentionRun.counts)["failure"].astext.is_(None)
    )
    return (await session.execute(statement)).scalar_one()


async def is_first(session: AsyncSession) -> bool:
    """Whether no other process holds the daily run's lock; held until the transaction ends."""
    return bool((await session.execute(select(func.pg_try_advisory_xact_lock(DAILY_LOCK)))).scalar_one())
