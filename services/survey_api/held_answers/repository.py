"""The held lines: kept once each, found again when they can be counted, deleted when they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import delete as sql_delete
from sqlalchemy import select as sql_select
from sqlalchemy import text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.shared.pagination import Cursor
from services.shared.tables import HeldAnswer
from services.shared.tables.devices import HeldKind, HoldReason


class HeldRow(NamedTuple):
    """A line to keep."""

    id: UUID
    reason: HoldReason
    key: str
    given_at: datetime
    content_hash: str
    line: Mapping[str, Any]
    kind: HeldKind = HeldKind.RESPONSE


class Stored(NamedTuple):
    """What is kept under an id."""

    content_hash: str


class WaitingKey(NamedTuple):
    """How many lines wait for one thing."""

    reason: HoldReason
    key: str
    waiting: int
    oldest_given_at: datetime
    newest_given_at: datetime


# A line that comes again may bring another judgement of misuse, and may wait for something else by now.
_KEEP = text(
    """
    INSERT INTO held_answer (id, kind, reason, key, given_at, received_at, content_hash, line)
    SELECT id, kind, reason, key, given_at, :received_at, content_hash, line::jsonb
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:kinds AS text[]), CAST(:reasons AS text[]), CAST(:keys AS text[]),
        CAST(:given_at AS timestamptz[]), CAST(:hashes AS text[]), CAST(:lines AS text[])
    ) AS given (id, kind, reason, key, given_at, content_hash, line)
    ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, key = excluded.key, line = excluded.line
    WHERE held_answer.content_hash = excluded.content_hash OR held_answer.kind = 'counts'
    """
)

_RELEASABLE = text(
    """
    SELECT held.id, held.kind, held.received_at, held.line
    FROM held_answer AS held
    WHERE (held.received_at, held.id) > (:after_instant, :after_id)
      AND (CAST(:keys AS text[]) IS NULL OR held.key = ANY(:keys))
      AND (:tries_again OR held.problem IS NULL)
      AND (
        EXISTS (
            SELECT FROM device_assignment AS stay
            WHERE stay.device_code = substr(held.key, length('device:') + 1) AND held.key LIKE 'device:%'
              AND held.given_at >= stay.valid_from AND (stay.valid_to IS NULL OR held.given_at < stay.valid_to)
        )
        OR EXISTS (
            SELECT FROM source_point_mapping AS mapping
            WHERE held.key = 'source:' || mapping.source || ':' || mapping.source_point
        )
      )
    ORDER BY held.received_at, held.id
    LIMIT :limit
    """
)


class Releasable(NamedTuple):
    """A held line that can be counted now."""

    id: UUID
    kind: HeldKind
    received_at: datetime
    line: dict[str, Any]


async def keep(session: AsyncSession, rows: Sequence[HeldRow], *, at: datetime) -> dict[str, Stored]:
    """Keep those of the rows that are new, and what may change of the others; what is kept now under each id."""
    if not rows:
        return {}
    ordered = sorted(rows, key=lambda row: row.id)
    await session.execute(
        _KEEP,
        {
            "received_at": at,
            "ids": [row.id for row in ordered],
            "kinds": [str(row.kind) for row in ordered],
            "reasons": [str(row.reason) for row in ordered],
            "keys": [row.key for row in ordered],
            "given_at": [row.given_at for row in ordered],
            "hashes": [row.content_hash for row in ordered],
            "lines": [orjson.dumps(row.line).decode() for row in ordered],
        },
    )
    statement = select(HeldAnswer.id, HeldAnswer.content_hash).where(
        col(HeldAnswer.id).in_([row.id for row in ordered])
    )
    return {str(held_id): Stored(content_hash) for held_id, content_hash in await session.execute(statement)}


async def delete(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Forget the lines, which are counted now."""
    if ids:
        await session.execute(sql_delete(HeldAnswer).where(col(HeldAnswer.id).in_(sorted(ids))))


async def fetch_releasable(
    session: AsyncSession, *, keys: Sequence[str] | None, tries_again: bool, after: Cursor, limit: int
) -> list[Releasable]:
    """Up to ``limit`` lines (of the keys) whose device has a place or whose point is mapped, in the order they came.

    Those that were refused before only where it ``tries_again``.
    """
    rows = await session.execute(
        _RELEASABLE,
        {
            "keys": list(keys) if keys is not None else None,
            "tries_again": tries_again,
            "after_instant": after.instant,
            "after_id": after.id,
            "limit": limit,
        },
    )
    return [Releasable(row.id, HeldKind(row.kind), row.received_at, row.line) for row in rows]


async def note_problem(session: AsyncSession, held_id: UUID, problem: Mapping[str, Any]) -> None:
    """Write down why the line was refused when it could have been counted at last."""
    statement = update(HeldAnswer).where(col(HeldAnswer.id) == held_id).values(problem=problem)
    await session.execute(statement.execution_options(synchronize_session=False))


async def count_by_key(session: AsyncSession, *, limit: int) -> list[WaitingKey]:
    """The keys that most lines wait for, those with the most first."""
    waiting = func.count().label("waiting")
    given_at = col(HeldAnswer.given_at)
    statement = (
        sql_select(col(HeldAnswer.reason), col(HeldAnswer.key), waiting, func.min(given_at), func.max(given_at))
        .group_by(col(HeldAnswer.reason), col(HeldAnswer.key))
        .order_by(waiting.desc(), col(HeldAnswer.key), col(HeldAnswer.reason))
        .limit(limit)
    )
    rows = await session.execute(statement)
    return [WaitingKey(HoldReason(row[0]), row[1], row[2], row[3], row[4]) for row in rows]


async def count_by_reason(session: AsyncSession) -> dict[str, int]:
    """How many lines wait for each reason."""
    statement = select(HeldAnswer.reason, func.count()).group_by(col(HeldAnswer.reason))
    counted = dict((await session.execute(statement)).all())
    return {reason.value: counted.get(reason.value, 0) for reason in HoldReason}


async def list_held(
    session: AsyncSession, *, reason: HoldReason | None, key: str | None, after: Cursor | None, limit: int
) -> Sequence[HeldAnswer]:
    """Up to ``limit`` held lines after the cursor, in the order they came."""
    statement = select(HeldAnswer).order_by(col(HeldAnswer.received_at), col(HeldAnswer.id)).limit(limit)
    if reason is not None:
        statement = statement.where(col(HeldAnswer.reason) == reason)
    if key is not None:
        statement = statement.where(col(HeldAnswer.key) == key)
    if after is not None:
        position = tuple_(col(HeldAnswer.received_at), col(HeldAnswer.id))
        statement = statement.where(position > (after.instant, after.id))
    return (await session.execute(statement)).scalars().all()
