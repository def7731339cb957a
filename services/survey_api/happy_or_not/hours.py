"""Hours read from v1: whole hours replaced, and those that vanish from an answer set to nought."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.tables import HappyOrNotHour
from services.shared.tables.happy_or_not import StagedState

_STAGE = text(
    """
    INSERT INTO happy_or_not_hour AS staged (survey_id, hour_starts_at, point_id, counts, state)
    SELECT :survey_id, hour_starts_at, :point_id, CAST(counts AS int[]), 'waiting'
    FROM unnest(CAST(:hours AS timestamptz[]), CAST(:counts AS text[])) AS read (hour_starts_at, counts)
    ON CONFLICT (survey_id, hour_starts_at) DO UPDATE SET counts = excluded.counts, state = 'waiting', reason = NULL
    WHERE staged.counts <> excluded.counts
    RETURNING hour_starts_at
    """
)

_CLEAR_VANISHED = text(
    """
    UPDATE happy_or_not_hour SET counts = array_fill(0, ARRAY[cardinality(counts)]), state = 'waiting', reason = NULL
    WHERE survey_id = :survey_id AND hour_starts_at >= :start AND hour_starts_at < :end
        AND hour_starts_at <> ALL (CAST(:hours AS timestamptz[])) AND 0 < ANY (counts)
    RETURNING hour_starts_at
    """
)

_MARK = text(
    """
    UPDATE happy_or_not_hour AS staged SET state = told.state, reason = told.reason
    FROM unnest(CAST(:hours AS timestamptz[]), CAST(:states AS text[]), CAST(:reasons AS text[]))
        AS told (hour_starts_at, state, reason)
    WHERE staged.survey_id = :survey_id AND staged.hour_starts_at = told.hour_starts_at
    """
)


async def stage_hours(
    session: AsyncSession,
    survey_id: str,
    point_id: str,
    counts: Mapping[datetime, Sequence[int]],
    *,
    start: datetime,
    end: datetime,
) -> int:
    """Keep the hours of a span as the vendor counts them now; how many were new or changed."""
    ours = {"survey_id": survey_id, "hours": list(counts)}
    arrays = ["{" + ",".join(map(str, hour)) + "}" for hour in counts.values()]
    written = (await session.execute(_STAGE, ours | {"point_id": point_id, "counts": arrays})).scalars().all()
    cleared = (await session.execute(_CLEAR_VANISHED, ours | {"start": start, "end": end})).scalars().all()
    return len(written) + len(cleared)


async def fetch_unlooked(
    session: AsyncSession, *, after: tuple[str, datetime] | None, limit: int
) -> Sequence[HappyOrNotHour]:
    """Hours that are new or have changed since they were last looked at, by survey and time."""
    table = HappyOrNotHour
    statement = select(table).where(col(table.state) == StagedState.WAITING, col(table.reason).is_(None))
    if after is not None:
        survey_id, hour = after
        statement = statement.where(
            (col(table.survey_id) > survey_id)
            | ((col(table.survey_id) == survey_id) & (col(table.hour_starts_at) > hour))
        )
    ordered = statement.order_by(col(table.survey_id), col(table.hour_starts_at)).limit(limit)
    return (await session.execute(ordered)).scalars().all()


async def mark(session: AsyncSession, survey_id: str, reasons: Mapping[datetime, str | None]) -> None:
    """Hours that were counted (None), and those that wait, with why."""
    await session.execute(
        _MARK,
        {
            "survey_id": survey_id,
            "hours": list(reasons),
            "states": [StagedState.WAITING if reason else StagedState.TAKEN for reason in reasons.values()],
            "reasons": list(reasons.values()),
        },
    )
