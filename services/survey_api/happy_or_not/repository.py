"""Reading and writing what the vendor has, and what it maps to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.tables import (
    HappyOrNotOption,
    HappyOrNotPoint,
    HappyOrNotPointMapping,
    HappyOrNotSurvey,
    HappyOrNotSurveyMapping,
    Table,
)
from services.shared.tables.happy_or_not import Generation, OrderCheck

_KEYS: Mapping[type[Table], Sequence[str]] = {
    HappyOrNotSurvey: ("generation", "survey_id"),
    HappyOrNotPoint: ("generation", "point_id"),
    HappyOrNotOption: ("option_id",),
}


async def keep_seen(session: AsyncSession, table: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what the vendor has now; what it no longer lists stays as it was, as presses may still name it."""
    for row in rows:
        changed = {name: value for name, value in row.items() if name not in _KEYS[table]}
        statement = insert(table).values(**row)
        await session.execute(statement.on_conflict_do_update(index_elements=list(_KEYS[table]), set_=changed))


async def note_order_check(session: AsyncSession, survey_id: str, check: OrderCheck) -> None:
    """Keep what was found of the order of a v1 survey's buttons."""
    table = HappyOrNotSurvey
    await session.execute(
        update(table)
        .where(col(table.generation) == Generation.V1, col(table.survey_id) == survey_id)
        .values(order_check=check)
    )


async def fetch_surveys(session: AsyncSession) -> Sequence[HappyOrNotSurvey]:
    """The surveys seen."""
    ordered = select(HappyOrNotSurvey).order_by(col(HappyOrNotSurvey.generation), col(HappyOrNotSurvey.survey_id))
    return (await session.execute(ordered.execution_options(populate_existing=True))).scalars().all()


async def fetch_points(session: AsyncSession) -> Sequence[HappyOrNotPoint]:
    """The points seen."""
    ordered = select(HappyOrNotPoint).order_by(col(HappyOrNotPoint.generation), col(HappyOrNotPoint.point_id))
    return (await session.execute(ordered.execution_options(populate_existing=True))).scalars().all()


async def fetch_options(session: AsyncSession) -> Sequence[HappyOrNotOption]:
    """The follow-up options seen."""
    ordered = select(HappyOrNotOption).order_by(col(HappyOrNotOption.option_id))
    return (await session.execute(ordered.execution_options(populate_existing=True))).scalars().all()


class StoredMapping(NamedTuple):
    """The mapping as it is stored."""

    surveys: Sequence[HappyOrNotSurveyMapping]
    points: Sequence[HappyOrNotPointMapping]


async def fetch_mapping(session: AsyncSession) -> StoredMapping:
    """The whole mapping."""
    surveys, points = HappyOrNotSurveyMapping, HappyOrNotPointMapping
    by_survey = select(surveys).order_by(col(surveys.generation), col(surveys.survey_id))
    by_point = select(points).order_by(col(points.generation), col(points.survey_id), col(points.point_id))
    fresh = {"populate_existing": True}
    return StoredMapping(
        (await session.execute(by_survey.execution_options(**fresh))).scalars().all(),
        (await session.execute(by_point.execution_options(**fresh))).scalars().all(),
    )


async def replace_mapping(
    session: AsyncSession,
    surveys: Sequence[HappyOrNotSurveyMapping],
    points: Sequence[HappyOrNotPointMapping],
) -> None:
    """Put another mapping in the place of the stored one."""
    await session.execute(delete(HappyOrNotPointMapping))
    await session.execute(delete(HappyOrNotSurveyMapping))
    if surveys:
        await session.execute(insert(HappyOrNotSurveyMapping), [row.model_dump() for row in surveys])
    if points:
        await session.execute(insert(HappyOrNotPointMapping), [row.model_dump() for row in points])


class Waiting(NamedTuple):
    """How much of a survey at a point waits, and why; ``reason`` None: it has not been looked at yet."""

    generation: str
    survey_id: str
    point_id: str
    reason: str | None
    waiting: int
    first_at: datetime
    last_at: datetime


_WAITING = text(
    """
    SELECT 'v2', survey_id, point_id, reason, count(*), min(given_at), max(given_at)
    FROM happy_or_not_feedback WHERE state = 'waiting' GROUP BY survey_id, point_id, reason
    UNION ALL
    SELECT 'v1', survey_id, point_id, reason, count(*), min(hour_starts_at), max(hour_starts_at)
    FROM happy_or_not_hour WHERE state = 'waiting' GROUP BY survey_id, point_id, reason
    ORDER BY 1, 2, 3, 4
    """
)


async def fetch_waiting(session: AsyncSession) -> list[Waiting]:
    """What waits: presses of v2, hours of v1."""
    return [Waiting(*row) for row in await session.execute(_WAITING)]


_OPTIONS_CHOSEN = text(
    """
    SELECT chosen.option_id, count(*) AS chosen
    FROM happy_or_not_follow_up AS chosen JOIN happy_or_not_feedback AS staged USING (feedback_id)
    WHERE staged.state = 'waiting' GROUP BY chosen.option_id
    """
)


async def fetch_waiting_options(session: AsyncSession) -> dict[str, int]:
    """How often each option was chosen in what waits."""
    return {row.option_id: row.chosen for row in await session.execute(_OPTIONS_CHOSEN)}


async def lock_mapping(session: AsyncSession) -> None:
    """Let one request at a time change the mapping; a pull may read it meanwhile."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("katsaus happy_or_not mapping"))))
