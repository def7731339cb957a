"""Reading and writing hourly counts; revisions are added, never changed but for when they were superseded."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.clock import local_day, local_hour
from services.shared.tables.surveys import CollectionMode
from services.survey_api.hourly_counts.hours import CountedHour, HourKey

_KEYS = """
    unnest(CAST(:service_points AS text[]), CAST(:surveys AS text[]), CAST(:questions AS text[]),
        CAST(:origins AS text[]), CAST(:hours AS timestamptz[]))
        AS asked (service_point_code, survey_code, question_code, origin, hour_starts_at)
"""

_FETCH_CURRENT = text(
    f"""
    SELECT counted.service_point_code, counted.survey_code, counted.question_code, counted.origin,
        counted.hour_starts_at, counted.revision, counted.version, counted.collection_mode, counted.counts
    FROM hourly_count AS counted
    JOIN {_KEYS} USING (service_point_code, survey_code, question_code, origin, hour_starts_at)
    WHERE counted.superseded_at IS NULL
    ORDER BY counted.service_point_code, counted.survey_code, counted.question_code, counted.origin,
        counted.hour_starts_at
    FOR UPDATE OF counted
    """  # noqa: S608 (a constant)
)

_SUPERSEDE = text(
    f"""
    UPDATE hourly_count AS counted
    SET superseded_at = :at
    FROM {_KEYS}
    WHERE (counted.service_point_code, counted.survey_code, counted.question_code, counted.origin,
        counted.hour_starts_at)
      = (asked.service_point_code, asked.survey_code, asked.question_code, asked.origin, asked.hour_starts_at)
      AND counted.superseded_at IS NULL
    """  # noqa: S608 (a constant)
)

_INSERT = text(
    """
    INSERT INTO hourly_count (service_point_code, survey_code, question_code, origin, hour_starts_at, revision, version,
        collection_mode, given_on, given_hour, counts, recorded_at)
    SELECT service_point_code, survey_code, question_code, origin, hour_starts_at, revision, version, collection_mode,
        given_on, given_hour, counts::jsonb, :at
    FROM unnest(CAST(:service_points AS text[]), CAST(:surveys AS text[]), CAST(:questions AS text[]),
        CAST(:origins AS text[]), CAST(:hours AS timestamptz[]), CAST(:revisions AS int[]), CAST(:versions AS int[]),
        CAST(:modes AS text[]), CAST(:given_on AS date[]), CAST(:given_hours AS smallint[]), CAST(:counts AS text[]))
        AS given (service_point_code, survey_code, question_code, origin, hour_starts_at, revision, version,
            collection_mode, given_on, given_hour, counts)
    """
)

_PRESSED = text(
    """
    SELECT asked.service_point_code, asked.survey_code, asked.question_code, asked.origin, asked.hour_starts_at
    FROM unnest(CAST(:service_points AS text[]), CAST(:surveys AS text[]), CAST(:questions AS text[]),
        CAST(:origins AS text[]), CAST(:hours AS timestamptz[]), CAST(:given_on AS date[]))
        AS asked (service_point_code, survey_code, question_code, origin, hour_starts_at, given_on)
    WHERE EXISTS (
        SELECT FROM survey_response AS press
        WHERE press.survey_code = asked.survey_code AND press.given_on = asked.given_on
          AND press.service_point_code = asked.service_point_code
          AND press.given_at >= asked.hour_starts_at AND press.given_at < asked.hour_starts_at + interval '1 hour'
          AND CASE
            WHEN press.device_code IS NOT NULL THEN 'device:' || press.device_code
            WHEN press.source_point IS NOT NULL THEN 'source:' || press.source || ':' || press.source_point
            ELSE '' END = asked.origin
    )
    """
)

_COUNTED = text(
    """
    SELECT DISTINCT asked.number
    FROM unnest(CAST(:service_points AS text[]), CAST(:surveys AS text[]), CAST(:origins AS text[]),
        CAST(:hours AS timestamptz[])) WITH ORDINALITY AS asked (service_point_code, survey_code, origin, hour, number)
    JOIN hourly_count AS counted
      ON counted.service_point_code = asked.service_point_code AND counted.survey_code = asked.survey_code
      AND counted.origin = asked.origin AND counted.hour_starts_at = asked.hour AND counted.superseded_at IS NULL
    """
)

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('hourly_count:' || :survey, 0))")
_LOCK_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('hourly_count:' || :survey, 0))")


class StoredHour(NamedTuple):
    """The present revision of an hour."""

    revision: int
    hour: CountedHour


class AskedHour(NamedTuple):
    """An hour a press falls in."""

    service_point: str
    survey: str
    origin: str
    hour: datetime


async def lock_survey(session: AsyncSession, survey: str, *, is_for_counts: bool) -> None:
    """Until the transaction ends, nobody counts an hour that another is sending presses of, nor the other way."""
    await session.execute(_LOCK if is_for_counts else _LOCK_SHARED, {"survey": survey})


async def fetch_current(session: AsyncSession, keys: Sequence[HourKey]) -> dict[HourKey, StoredHour]:
    """The present revisions of the hours that have one, locked."""
    rows = await session.execute(_FETCH_CURRENT, _columns(keys))
    found = {}
    for *key, revision, version, mode, counts in rows:
        hour_key = HourKey(*key)
        by_value = {int(value): count for value, count in counts.items()}
        found[hour_key] = StoredHour(revision, CountedHour(hour_key, version, CollectionMode(mode), by_value))
    return found


async def fetch_pressed(session: AsyncSession, keys: Sequence[HourKey]) -> set[HourKey]:
    """Those of the hours of which single presses of the same origin are here."""
    days = [local_day(key.hour) for key in keys]
    rows = await session.execute(_PRESSED, _columns(keys) | {"given_on": days})
    return {HourKey(*row) for row in rows}


async def find_counted(session: AsyncSession, hours: Sequence[AskedHour]) -> set[AskedHour]:
    """Those of the hours that are counted."""
    rows = await session.execute(
        _COUNTED,
        {
            "service_points": [hour.service_point for hour in hours],
            "surveys": [hour.survey for hour in hours],
            "origins": [hour.origin for hour in hours],
            "hours": [hour.hour for hour in hours],
        },
    )
    return {hours[number - 1] for number in rows.scalars()}


async def add_revisions(session: AsyncSession, hours: Sequence[tuple[int, CountedHour]], *, at: datetime) -> None:
    """Store the (revision, hour) pairs; the revisions before them are superseded."""
    ordered = sorted(hours, key=lambda pair: pair[1].key)
    columns = _columns([hour.key for _, hour in ordered])
    await session.execute(_SUPERSEDE, columns | {"at": at})
    await session.execute(
        _INSERT,
        columns
        | {
            "at": at,
            "revisions": [revision for revision, _ in ordered],
            "versions": [hour.version for _, hour in ordered],
            "modes": [str(hour.collection_mode) for _, hour in ordered],
            "given_on": [local_day(hour.key.hour) for _, hour in ordered],
            "given_hours": [local_hour(hour.key.hour) for _, hour in ordered],
            "counts": [
                orjson.dumps({str(value): count for value, count in hour.counts.items()}).decode()
                for _, hour in ordered
            ],
        },
    )


def _columns(keys: Sequence[HourKey]) -> dict[str, list[str] | list[datetime]]:
    return {
        "service_points": [key.service_point for key in keys],
        "surveys": [key.survey for key in keys],
        "questions": [key.question for key in keys],
        "origins": [key.origin for key in keys],
        "hours": [key.hour for key in keys],
    }
