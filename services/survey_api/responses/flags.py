"""Reading and writing the flags of misuse on stored responses."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.tables.surveys import MisuseReason
from services.survey_api.responses.histogram import CountedResponse
from services.survey_api.responses.submission import ResponseKey


class Span(NamedTuple):
    """A time of one device: presses after ``since``, of which those from ``judged_from`` on are judged."""

    device: str
    since: datetime
    judged_from: datetime
    until: datetime


class DevicePress(NamedTuple):
    """A press as our rule sees it; ``is_misuse`` is how it is flagged by now."""

    device: str
    given_at: datetime
    key: ResponseKey
    is_misuse: bool
    is_judged: bool


_FETCH_PRESSES = text(
    """
    SELECT press.device_code, press.given_at, press.service_point_code, press.id,
        press.misuse_reason IS NOT NULL AS is_misuse, press.given_at >= span.judged_from AS is_judged
    FROM unnest(
        CAST(:devices AS text[]), CAST(:since AS timestamptz[]), CAST(:judged_from AS timestamptz[]),
        CAST(:until AS timestamptz[])
    ) AS span (device, since, judged_from, until)
    CROSS JOIN LATERAL (
        SELECT device_code, given_at, service_point_code, id, misuse_reason
        FROM survey_response
        WHERE device_code = span.device AND given_at > span.since AND given_at < span.until AND precision = 'second'
        -- Keeps the planner at the index, whatever it thinks of an array's length.
        ORDER BY device_code, given_at
    ) AS press
    """
)

_SET_BY_SOURCE = text(
    """
    UPDATE survey_response AS response
    SET source_misuse_reason = told.reason
    FROM (
        SELECT before.service_point_code, before.id, told.reason, before.source_misuse_reason AS reason_before
        FROM survey_response AS before
        JOIN unnest(CAST(:service_points AS text[]), CAST(:ids AS uuid[]), CAST(:reasons AS text[]))
            AS told (service_point_code, id, reason) USING (service_point_code, id)
        WHERE before.source_misuse_reason IS DISTINCT FROM told.reason
        ORDER BY before.service_point_code, before.id
        FOR NO KEY UPDATE OF before
    ) AS told
    WHERE (response.service_point_code, response.id) = (told.service_point_code, told.id)
    RETURNING response.service_point_code, response.id, survey_code, version, collection_mode, given_on, given_hour,
        answers, is_complete, told.reason IS NULL AS counts, told.reason_before IS NULL AS counted,
        response.misuse_reason IS NOT NULL AS is_left_out_anyway
    """
)

_SET_BY_RULE = text(
    """
    UPDATE survey_response AS response
    SET misuse_reason = CASE WHEN judged.is_misuse THEN 'repeated_press' END,
        misuse_rule = CASE WHEN judged.is_misuse THEN :rule END
    FROM unnest(CAST(:service_points AS text[]), CAST(:ids AS uuid[]), CAST(:misuse AS boolean[]))
        AS judged (service_point_code, id, is_misuse)
    WHERE (response.service_point_code, response.id) = (judged.service_point_code, judged.id)
    RETURNING response.service_point_code, response.id, survey_code, version, collection_mode, given_on, given_hour,
        answers, is_complete, NOT judged.is_misuse AS counts, judged.is_misuse AS counted,
        response.source_misuse_reason IS NOT NULL AS is_left_out_anyway
    """
)

Change = tuple[CountedResponse, bool]
"""A stored response, and whether it counts from now on or ceases to."""


async def fetch_presses(session: AsyncSession, spans: Sequence[Span]) -> list[DevicePress]:
    """The presses of the disjoint spans whose second is known."""
    rows = await session.execute(
        _FETCH_PRESSES,
        {
            "devices": [span.device for span in spans],
            "since": [span.since for span in spans],
            "judged_from": [span.judged_from for span in spans],
            "until": [span.until for span in spans],
        },
    )
    return [
        DevicePress(device, given_at, ResponseKey(service_point, response_id), is_misuse, is_judged)
        for device, given_at, service_point, response_id, is_misuse, is_judged in rows
    ]


async def set_by_source(session: AsyncSession, reasons: Mapping[ResponseKey, MisuseReason | None]) -> list[Change]:
    """Set their senders' judgements of stored responses; those that came to count by it, or ceased to."""
    if not reasons:
        return []
    keys = sorted(reasons)
    rows = await session.execute(
        _SET_BY_SOURCE,
        {
            "service_points": [key.service_point for key in keys],
            "ids": [key.id for key in keys],
            "reasons": [reasons[key] for key in keys],
        },
    )
    return _changes(rows.all())


async def set_by_rule(session: AsyncSession, misused: Mapping[ResponseKey, bool], rule: str) -> list[Change]:
    """Set or take away our rule's flag, which differs from what is stored; those that came to count, or ceased to."""
    if not misused:
        return []
    keys = sorted(misused)
    rows = await session.execute(
        _SET_BY_RULE,
        {
            "rule": rule,
            "service_points": [key.service_point for key in keys],
            "ids": [key.id for key in keys],
            "misuse": [misused[key] for key in keys],
        },
    )
    return _changes(rows.all())


def _changes(rows: Sequence[Row[Any]]) -> list[Change]:
    return [(_counted(row), row.counts) for row in rows if row.counts != row.counted and not row.is_left_out_anyway]


def _counted(row: Row[Any]) -> CountedResponse:
    return CountedResponse(
        ResponseKey(row.service_point_code, row.id),
        row.survey_code,
        row.version,
        row.collection_mode,
        row.given_on,
        row.given_hour,
        row.answers,
        row.is_complete,
    )
