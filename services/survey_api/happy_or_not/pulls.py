"""Pulls as rows: asked for, run one at a time whatever the number of processes, and kept as a log."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.database import Sessions
from services.shared.identifiers import new_uuid
from services.shared.pagination import Cursor
from services.shared.tables import HappyOrNotCursor, HappyOrNotPull
from services.shared.tables.happy_or_not import Generation, PullKind, PullState

_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtext('katsaus happy_or_not'))")


@asynccontextmanager
async def one_at_a_time(sessions: Sessions) -> AsyncIterator[bool]:
    """Whether this process may pull; while the context is open no other one may.

    The lock is its transaction's, so it ends with the process or its connection, however they end.
    """
    async with sessions.session() as session, session.begin():
        yield bool((await session.execute(_LOCK)).scalar_one())


async def enqueue(
    session: AsyncSession,
    kind: PullKind,
    *,
    requested_by: str,
    at: datetime,
    from_day: date | None = None,
    until_day: date | None = None,
) -> HappyOrNotPull:
    """A queued pull of the kind and days: a new one, or the one that is queued already."""
    table = HappyOrNotPull
    statement = insert(table).values(
        id=new_uuid(),
        kind=kind,
        state=PullState.QUEUED,
        requested_by=requested_by,
        from_day=from_day,
        until_day=until_day,
        requested_at=at,
        counts={},
    )
    statement = statement.on_conflict_do_update(
        index_elements=["kind", "from_day", "until_day"],
        index_where=text("state = 'queued'"),
        set_={"kind": statement.excluded.kind},
    )
    returning = statement.returning(table).execution_options(populate_existing=True)
    return (await session.execute(returning)).scalar_one()


async def start_next(session: AsyncSession, *, at: datetime) -> HappyOrNotPull | None:
    """Begin the queued pull that was asked for first. Only for the holder of the lock: others cannot be running."""
    table = HappyOrNotPull
    await session.execute(
        update(table).where(col(table.state) == PullState.RUNNING).values(state=PullState.INTERRUPTED, finished_at=at)
    )
    first = (
        select(table.id)
        .where(col(table.state) == PullState.QUEUED)
        .order_by(col(table.requested_at), col(table.id))
        .limit(1)
        .with_for_update()
        .scalar_subquery()
    )
    statement = (
        update(table)
        .where(col(table.id) == first)
        .values(state=PullState.RUNNING, started_at=at)
        .returning(table)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def note_progress(session: AsyncSession, pull_id: UUID, counts: dict[str, int], read_until: date | None) -> None:
    """What the pull has found by now."""
    await session.execute(
        update(HappyOrNotPull).where(col(HappyOrNotPull.id) == pull_id).values(counts=counts, read_until=read_until)
    )


async def finish(
    session: AsyncSession, pull_id: UUID, *, at: datetime, counts: dict[str, int], failure: tuple[str, str] | None
) -> None:
    """End the pull; ``failure`` is the code and what to do."""
    code, detail = failure or (None, None)
    values: dict[str, Any] = {
        "state": PullState.FAILED if failure else PullState.FINISHED,
        "finished_at": at,
        "counts": counts,
        "failure_code": code,
        "failure_detail": detail,
    }
    await session.execute(update(HappyOrNotPull).where(col(HappyOrNotPull.id) == pull_id).values(**values))


async def fetch(session: AsyncSession, pull_id: UUID) -> HappyOrNotPull | None:
    """The pull, if there is one."""
    return await session.get(HappyOrNotPull, pull_id, populate_existing=True)


async def fetch_last_read(session: AsyncSession) -> HappyOrNotPull | None:
    """The pull that was last asked to read the vendor."""
    table = HappyOrNotPull
    statement = (
        select(table)
        .where(col(table.kind) == PullKind.READ)
        .order_by(col(table.requested_at).desc(), col(table.id).desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def list_pulls(session: AsyncSession, *, before: Cursor | None, limit: int) -> Sequence[HappyOrNotPull]:
    """Up to ``limit`` pulls that were asked for before the cursor, the newest first."""
    columns = (col(HappyOrNotPull.requested_at), col(HappyOrNotPull.id))
    statement = select(HappyOrNotPull).order_by(*(column.desc() for column in columns)).limit(limit)
    if before is not None:
        statement = statement.where(tuple_(*columns) < (before.instant, before.id))
    return (await session.execute(statement)).scalars().all()


async def fetch_cursor(session: AsyncSession, generation: Generation) -> date | None:
    """The day before which everything of the generation has been read at least once."""
    statement = select(col(HappyOrNotCursor.read_until)).where(col(HappyOrNotCursor.generation) == generation)
    return (await session.execute(statement)).scalar_one_or_none()


async def move_cursor(session: AsyncSession, generation: Generation, read_until: date) -> None:
    """Move the cursor on, never back."""
    statement = insert(HappyOrNotCursor).values(generation=generation, read_until=read_until)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["generation"],
            set_={"read_until": func.greatest(col(HappyOrNotCursor.read_until), statement.excluded.read_until)},
        )
    )
