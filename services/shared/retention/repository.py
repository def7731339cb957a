"""The record of runs: begun before anything is erased, and moved on in the transactions that erase."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.shared.tables import RetentionRun
from services.shared.tables.access import Service

DAILY_LOCK = 0x6B617473
"""The first half of the daily runs' advisory locks: any number that nothing else of ours uses."""


async def insert_run(
    session: AsyncSession,
    service: Service,
    run_id: UUID,
    *,
    actor: str,
    is_dry_run: bool,
    at: datetime,
    counts: dict[str, Any],
) -> None:
    """Remember that a run begins."""
    session.add(
        RetentionRun(id=run_id, service=service, actor=actor, is_dry_run=is_dry_run, started_at=at, counts=counts)
    )
    await session.flush()


async def update_run(
    session: AsyncSession, run_id: UUID, counts: dict[str, Any], *, finished_at: datetime | None = None
) -> None:
    """How far the run has come, or that it is over."""
    changed = update(RetentionRun).where(col(RetentionRun.id) == run_id)
    await session.execute(changed.values(counts=counts, finished_at=finished_at))


async def list_runs(session: AsyncSession, service: Service, limit: int) -> Sequence[RetentionRun]:
    """The service's last runs, newest first."""
    statement = (
        select(RetentionRun)
        .where(col(RetentionRun.service) == service)
        .order_by(col(RetentionRun.started_at).desc(), col(RetentionRun.id).desc())
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def last_whole_run(session: AsyncSession, service: Service) -> datetime | None:
    """When the service last began a run that erased all that was due: one that did not is tried again."""
    is_complete = func.coalesce(col(RetentionRun.counts)["is_complete"].astext, "true")
    statement = select(func.max(col(RetentionRun.started_at))).where(
        col(RetentionRun.service) == service,
        col(RetentionRun.is_dry_run).is_(False),
        col(RetentionRun.finished_at).is_not(None),
        col(RetentionRun.counts)["failure"].astext.is_(None),
        is_complete == "true",
    )
    return (await session.execute(statement)).scalar_one()


async def is_first(session: AsyncSession, service: Service) -> bool:
    """Whether no other process holds the lock of the service's daily run; held until the transaction ends."""
    lock = func.pg_try_advisory_xact_lock(DAILY_LOCK, func.hashtext(service.value))
    return bool((await session.execute(select(lock))).scalar_one())
