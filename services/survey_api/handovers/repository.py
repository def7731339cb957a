"""The outbox table: claiming what is due, and writing down what became of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, tuple_, update
from sqlalchemy import and_ as sql_and
from sqlalchemy import select as sql_select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.identifiers import new_uuid
from services.shared.pagination import Cursor
from services.shared.tables import CommentHandover
from services.survey_api.handovers.schemas import HandoverState


async def add_handover(
    session: AsyncSession, *, service_point: str, response_id: UUID, payload: dict[str, Any], at: datetime
) -> None:
    """Put a comment in the outbox, due at once."""
    await session.execute(
        insert(CommentHandover).values(
            id=new_uuid(),
            service_point_code=service_point,
            response_id=response_id,
            payload=payload,
            created_at=at,
            next_attempt_at=at,
            attempts=0,
        )
    )


async def claim_due(session: AsyncSession, *, at: datetime, until: datetime, limit: int) -> Sequence[CommentHandover]:
    """Up to ``limit`` hand-overs due at ``at``, counted as tried and not due for anyone else before ``until``.

    Rows that another process is claiming just now are passed over.
    """
    due = (
        select(CommentHandover.id)
        .where(*_is_waiting(), col(CommentHandover.next_attempt_at) <= at)
        .order_by(col(CommentHandover.next_attempt_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claim = (
        update(CommentHandover)
        .where(col(CommentHandover.id).in_(due.scalar_subquery()))
        .values(attempts=CommentHandover.attempts + 1, next_attempt_at=until)
        .returning(CommentHandover)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.execute(claim)).scalars().all()


async def mark_delivered(session: AsyncSession, handover_id: UUID, *, feedback_id: UUID, at: datetime) -> None:
    """The comment is feedback now: its content leaves the outbox."""
    await _update(session, handover_id, delivered_at=at, feedback_id=feedback_id, payload=None, last_error=None)


async def mark_parked(session: AsyncSession, handover_id: UUID, *, error: str, at: datetime) -> None:
    """feedback_api refused the comment: an operator has to look."""
    await _update(session, handover_id, parked_at=at, last_error=error)


async def mark_failed(session: AsyncSession, handover_id: UUID, *, error: str, next_attempt_at: datetime) -> None:
    """The try failed for now."""
    await _update(session, handover_id, last_error=error, next_attempt_at=next_attempt_at)


async def unpark(session: AsyncSession, handover_id: UUID, *, at: datetime) -> CommentHandover | None:
    """Make a parked hand-over due at once; None where the id has none that is parked."""
    statement = (
        update(CommentHandover)
        .where(col(CommentHandover.id) == handover_id, *_CONDITIONS[HandoverState.PARKED])
        .values(parked_at=None, next_attempt_at=at)
        .returning(CommentHandover)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def exists(session: AsyncSession, handover_id: UUID) -> bool:
    """Whether there is a hand-over with the id."""
    return await session.get(CommentHandover, handover_id) is not None


async def _update(session: AsyncSession, handover_id: UUID, **values: object) -> None:
    # Not one that another process delivered meanwhile, which took over after this one's claim had run out.
    statement = (
        update(CommentHandover)
        .where(col(CommentHandover.id) == handover_id, *_is_waiting())
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    await session.execute(statement)


class Backlog(NamedTuple):
    """What has not been delivered."""

    waiting: int
    parked: int
    oldest_waiting_at: datetime | None


async def count_backlog(session: AsyncSession) -> Backlog:
    """How many wait or are parked, and since when the oldest waits."""
    waiting = sql_and(*_is_waiting())
    statement = sql_select(
        func.count().filter(waiting),
        func.count().filter(*_CONDITIONS[HandoverState.PARKED]),
        func.min(col(CommentHandover.created_at)).filter(waiting),
    ).where(~_IS_DELIVERED)
    row = (await session.execute(statement)).one()
    return Backlog(row[0], row[1], row[2])


async def list_handovers(
    session: AsyncSession, state: HandoverState, *, after: Cursor | None, limit: int
) -> Sequence[CommentHandover]:
    """Up to ``limit`` hand-overs in ``state`` after the cursor, the oldest first."""
    statement = (
        select(CommentHandover)
        .where(*_CONDITIONS[state])
        .order_by(col(CommentHandover.created_at), col(CommentHandover.id))
        .limit(limit)
    )
    if after is not None:
        position = tuple_(col(CommentHandover.created_at), col(CommentHandover.id))
        statement = statement.where(position > (after.instant, after.id))
    return (await session.execute(statement)).scalars().all()


def _is_waiting() -> tuple[ColumnElement[bool], ...]:
    return _CONDITIONS[HandoverState.WAITING]


_IS_DELIVERED = col(CommentHandover.delivered_at).is_not(None)
_IS_PARKED = col(CommentHandover.parked_at).is_not(None)

_CONDITIONS: dict[HandoverState, tuple[ColumnElement[bool], ...]] = {
    HandoverState.WAITING: (~_IS_DELIVERED, ~_IS_PARKED),
    HandoverState.PARKED: (~_IS_DELIVERED, _IS_PARKED),
    HandoverState.DELIVERED: (_IS_DELIVERED,),
}
