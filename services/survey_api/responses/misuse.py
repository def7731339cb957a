"""What is judged misuse is kept, flagged and left out of the histogram: by its sender's judgement, and by our rule."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.tables.surveys import MisuseReason
from services.survey_api.responses.histogram import CountedResponse, change_histogram, differences_of
from services.survey_api.responses.submission import ResponseKey

_FLAG_BY_SOURCE = text(
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
        answers, response.source_misuse_reason, told.reason_before, response.misuse_reason
    """
)


async def flag_by_source(session: AsyncSession, reasons: Mapping[ResponseKey, MisuseReason | None]) -> None:
    """Set their senders' judgements of stored responses (None: no misuse); the histogram follows."""
    if not reasons:
        return
    keys = sorted(reasons)
    rows = await session.execute(
        _FLAG_BY_SOURCE,
        {
            "service_points": [key.service_point for key in keys],
            "ids": [key.id for key in keys],
            "reasons": [reasons[key] for key in keys],
        },
    )
    changes = [
        (_counted(row), 1 if row.source_misuse_reason is None else -1)
        for row in rows
        if row.misuse_reason is None and (row.source_misuse_reason is None) != (row.reason_before is None)
    ]
    await change_histogram(session, await differences_of(session, changes))


def _counted(row: Row[Any]) -> CountedResponse:
    return CountedResponse(
        ResponseKey(row.service_point_code, row.id),
        row.survey_code,
        row.version,
        row.collection_mode,
        row.given_on,
        row.given_hour,
        row.answers,
    )
