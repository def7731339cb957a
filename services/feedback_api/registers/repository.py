"""Reading and writing records of any register."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import TypeVar
from uuid import UUID

import psycopg
from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from services.feedback_api.registers.errors import RecordConflictProblem, RecordNotFoundProblem
from services.feedback_api.registers.filters import RegisterFilter
from services.shared.pagination import Cursor
from services.shared.problems import Problem
from services.shared.tables.participation import RegisterRecord

RecordT = TypeVar("RecordT", bound=RegisterRecord)

_CONFLICT = "its source and reference are registered already; find that record with ?source=&reference= and PUT it"


@asynccontextmanager
async def translating(session: AsyncSession, problems: Mapping[str, Problem]) -> AsyncIterator[None]:
    """Flush what the block does; where it violates a named constraint, raise the problem of that name instead."""
    try:
        async with session.begin_nested():
            yield
            await session.flush()
    except IntegrityError as error:
        problem = problems.get((isinstance(error.orig, psycopg.Error) and error.orig.diag.constraint_name) or "")
        if problem is None:
            raise
        raise problem from None


async def insert(session: AsyncSession, record: RegisterRecord, problems: Mapping[str, Problem] | None = None) -> None:
    """Add the record; raises :class:`RecordConflictProblem` where its source and reference are taken."""
    taken = {f"uq_{record.__tablename__}_source_source_reference": RecordConflictProblem(_CONFLICT)}
    async with translating(session, taken | dict(problems or {})):
        session.add(record)


async def find(session: AsyncSession, table: type[RecordT], record_id: UUID, *, is_locked: bool = False) -> RecordT:
    """The record; raises :class:`RecordNotFoundProblem`. Locked for a correction, so that two never mix."""
    record = await session.get(table, record_id, with_for_update=True if is_locked else None)
    if record is None:
        raise RecordNotFoundProblem("it may have been deleted; the list shows what there is")
    return record


async def delete(session: AsyncSession, record: RegisterRecord, problems: Mapping[str, Problem] | None = None) -> None:
    """Delete the record with what belongs to it alone."""
    async with translating(session, problems or {}):
        await session.delete(record)


async def list_records(
    session: AsyncSession,
    table: type[RecordT],
    conditions: Sequence[ColumnElement[bool]],
    after: Cursor | None,
    limit: int,
) -> Sequence[RecordT]:
    """Up to ``limit`` records after the cursor, in the order they were registered."""
    statement = select(table).where(*conditions).order_by(col(table.recorded_at), col(table.id)).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(col(table.recorded_at), col(table.id)) > (after.instant, after.id))
    return (await session.execute(statement)).scalars().all()


def matching(
    wanted: RegisterFilter,
    table: type[RegisterRecord],
    *,
    day: Mapped[date] | None,
    unit: Mapped[str] | None,
) -> list[ColumnElement[bool]]:
    """The conditions of ``wanted`` on the ``table``, whose records belong to the ``day`` and the ``unit``."""
    conditions: list[ColumnElement[bool]] = []
    if day is not None and wanted.first_day is not None:
        conditions.append(day >= wanted.first_day)
    if day is not None and wanted.last_day is not None:
        conditions.append(day <= wanted.last_day)
    if unit is not None and wanted.units is not None:
        conditions.append(unit.in_(wanted.units))
    if wanted.source is not None:
        conditions.append(col(table.source) == wanted.source)
    if wanted.reference is not None:
        conditions.append(col(table.source_reference) == wanted.reference)
    return conditions
