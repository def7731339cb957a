"""Reads what surrounds a quarter's figures: on which days each source had data, and what has changed."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.readiness.coverage import Source, SourceKind, Span

DAYS_OF_CHANNELS = """
SELECT DISTINCT 'channel' AS kind, channel_code AS code, received_on AS day
FROM feedback_in_figures
WHERE received_on >= :starts_on AND received_on < :ends_on
AND (CAST(:units AS text[]) IS NULL OR unit_code = ANY (CAST(:units AS text[])))
"""

DAYS_OF_ANSWERS = """
SELECT DISTINCT 'survey' AS kind, survey_code AS code, given_on AS day
FROM answer_histogram WHERE given_on >= :starts_on AND given_on < :ends_on AND count > 0
UNION ALL
SELECT DISTINCT 'service_point', survey_code || '/' || service_point_code, given_on
FROM answer_histogram WHERE given_on >= :starts_on AND given_on < :ends_on AND count > 0
UNION ALL
SELECT 'device', device_code, given_on
FROM device_day JOIN device ON device.code = device_day.device_code
WHERE given_on >= :starts_on AND given_on < :ends_on AND presses > 0
AND (device.retired_at IS NULL OR device.retired_at >= :retired_after)
"""
"""A device that was taken away is not missed."""

SURVEY_CHANGES = """
SELECT survey_code,
    array_agg(DISTINCT version) FILTER (WHERE given_on < :middle) AS versions_before,
    array_agg(DISTINCT version) FILTER (WHERE given_on >= :middle) AS versions
FROM answer_histogram
WHERE given_on >= :starts_on AND given_on < :ends_on AND count > 0
GROUP BY survey_code ORDER BY survey_code
"""

WAYS_OF_COLLECTION = """
SELECT survey_code, question_code, collection_mode,
    coalesce(sum(count) FILTER (WHERE given_on < :middle), 0)::bigint AS before,
    coalesce(sum(count) FILTER (WHERE given_on >= :middle), 0)::bigint AS now
FROM answer_histogram
WHERE given_on >= :starts_on AND given_on < :ends_on AND count > 0 AND NOT starts_with(question_code, '_')
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

HELD_ANSWERS = """
SELECT reason, count(*) AS number FROM held_answer_in_waiting
WHERE given_on >= :starts_on AND given_on < :ends_on GROUP BY reason ORDER BY reason
"""

DaysOfSources = Mapping[Source, frozenset[date]]


class Mixes(NamedTuple):
    """How many answered a question in each way, in two periods."""

    before: dict[str, int]
    now: dict[str, int]


class ReadinessRepository:
    """Reads over one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def days_of_channels(self, span: Span, units: frozenset[str] | None) -> DaysOfSources:
        """The days each feedback channel had any feedback, of the units or of all."""
        return await self._days(DAYS_OF_CHANNELS, {**_bounds(span), "units": None if units is None else sorted(units)})

    async def days_of_answers(self, span: Span) -> DaysOfSources:
        """The days each survey, each of its service points, and each device in use had any answer."""
        return await self._days(DAYS_OF_ANSWERS, {**_bounds(span), "retired_after": span.ends_on})

    async def changed_surveys(self, before: Span, period: Span) -> list[str]:
        """The surveys answered in both periods, in other versions."""
        rows = (await self._session.execute(text(SURVEY_CHANGES), _both(before, period))).mappings()
        return [
            row["survey_code"]
            for row in rows
            if row["versions"] and row["versions_before"] and row["versions"] != row["versions_before"]
        ]

    async def mixes(self, before: Span, period: Span) -> dict[tuple[str, str], Mixes]:
        """The ways in which each question of each survey was answered in the two periods."""
        mixes: dict[tuple[str, str], Mixes] = {}
        for row in (await self._session.execute(text(WAYS_OF_COLLECTION), _both(before, period))).mappings():
            mix = mixes.setdefault((row["survey_code"], row["question_code"]), Mixes({}, {}))
            mix.before[row["collection_mode"]] = row["before"]
            mix.now[row["collection_mode"]] = row["now"]
        return mixes

    async def held_answers(self, span: Span) -> dict[str, int]:
        """How many answers given in the span wait to be counted, by reason."""
        rows = (await self._session.execute(text(HELD_ANSWERS), _bounds(span))).mappings()
        return {row["reason"]: row["number"] for row in rows}

    async def _days(self, statement: str, parameters: Mapping[str, object]) -> DaysOfSources:
        days: dict[Source, set[date]] = defaultdict(set)
        for row in (await self._session.execute(text(statement), parameters)).mappings():
            days[Source(SourceKind(row["kind"]), row["code"])].add(row["day"])
        return {source: frozenset(of_source) for source, of_source in days.items()}


def _both(before: Span, period: Span) -> dict[str, object]:
    return {"starts_on": before.starts_on, "middle": period.starts_on, "ends_on": period.ends_on}


def _bounds(span: Span) -> dict[str, object]:
    return {"starts_on": span.starts_on, "ends_on": span.ends_on}
