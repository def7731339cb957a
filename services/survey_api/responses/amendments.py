"""Responses of another system that it has added to since, such as a text that came after its press.

The other system is the source of these answers; what people answered here never changes, and the database holds to it.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey_api.responses.histogram import CountedResponse, change_histogram, differences_of
from services.survey_api.responses.submission import JudgedResponse, ResponseKey

# Only what is still the same answer of the same system at the same time: anything else stays a conflict of ids.
_LOCK_STORED = text(
    """
    SELECT stored.service_point_code, stored.id, stored.survey_code, stored.version, stored.collection_mode,
        stored.given_on, stored.given_hour, stored.answers, stored.is_complete, told.number,
        stored.source_misuse_reason IS NULL AND stored.misuse_reason IS NULL AS is_counted,
        EXISTS (
            SELECT FROM survey_response_content AS content
            WHERE content.service_point_code = stored.service_point_code AND content.response_id = stored.id
        ) AS has_content
    FROM survey_response AS stored
    JOIN unnest(CAST(:service_points AS text[]), CAST(:ids AS uuid[]), CAST(:sources AS text[]),
        CAST(:surveys AS text[]), CAST(:versions AS int[]), CAST(:given_at AS timestamptz[]))
        WITH ORDINALITY AS told (service_point_code, id, source, survey_code, version, given_at, number)
        USING (service_point_code, id, source, survey_code, version, given_at)
    ORDER BY stored.service_point_code, stored.id
    FOR NO KEY UPDATE OF stored
    """
)

_AMEND = text(
    """
    SELECT amend_sourced_response(service_point_code, id, CAST(answers AS jsonb), content_hash)
    FROM unnest(CAST(:service_points AS text[]), CAST(:ids AS uuid[]), CAST(:answers AS text[]),
        CAST(:hashes AS text[])) AS told (service_point_code, id, answers, content_hash)
    """
)

# Before the words change, and while the response is locked: an old decision never stands beside other words.
_DROP_DECISIONS = text(
    """
    DELETE FROM comment_decision AS decision
    USING unnest(CAST(:service_points AS text[]), CAST(:ids AS uuid[]), CAST(:comments AS text[]))
        AS given (service_point_code, response_id, comments),
        survey_response_content AS content
    WHERE (decision.service_point_code, decision.response_id) = (given.service_point_code, given.response_id)
        AND (content.service_point_code, content.response_id) = (given.service_point_code, given.response_id)
        AND content.comments ->> decision.question_code
            IS DISTINCT FROM given.comments::jsonb ->> decision.question_code
    """
)

_PUT_CONTENTS = text(
    """
    INSERT INTO survey_response_content (service_point_code, response_id, comments)
    SELECT service_point_code, response_id, comments::jsonb
    FROM unnest(CAST(:service_points AS text[]), CAST(:ids AS uuid[]), CAST(:comments AS text[]))
        AS given (service_point_code, response_id, comments)
    ON CONFLICT (service_point_code, response_id) DO UPDATE SET comments = excluded.comments
    """
)

Amended = tuple[JudgedResponse, Row[Any]]


async def amend(session: AsyncSession, responses: Sequence[JudgedResponse]) -> set[ResponseKey]:
    """Put the answers in the place of the stored ones; the histogram follows. The keys of those that were amended."""
    ours = [response for response in responses if response.origin.source is not None]
    if not ours:
        return set()
    amended = [(ours[row.number - 1], row) for row in await session.execute(_LOCK_STORED, _identity_of(ours))]
    if not amended:
        return set()
    await session.execute(
        _AMEND,
        {
            "service_points": [response.key.service_point for response, _ in amended],
            "ids": [response.key.id for response, _ in amended],
            "answers": [orjson.dumps(response.answers).decode() for response, _ in amended],
            "hashes": [response.content_hash for response, _ in amended],
        },
    )
    await _put_contents(session, amended)
    await _recount(session, amended)
    return {response.key for response, _ in amended}


def _identity_of(responses: Sequence[JudgedResponse]) -> dict[str, list[object]]:
    return {
        "service_points": [response.key.service_point for response in responses],
        "ids": [response.key.id for response in responses],
        "sources": [response.origin.source for response in responses],
        "surveys": [response.survey.code for response in responses],
        "versions": [response.version for response in responses],
        "given_at": [response.given_at for response in responses],
    }


async def _put_contents(session: AsyncSession, amended: Sequence[Amended]) -> None:
    # A comment that was erased here does not come back with a later reading.
    written = [
        response
        for response, stored in amended
        if response.texts and (stored.has_content or not response.texts.keys() <= stored.answers.keys())
    ]
    if written:
        contents = {
            "service_points": [response.key.service_point for response in written],
            "ids": [response.key.id for response in written],
            "comments": [orjson.dumps(response.texts).decode() for response in written],
        }
        await session.execute(_DROP_DECISIONS, contents)
        await session.execute(_PUT_CONTENTS, contents)


async def _recount(session: AsyncSession, amended: Sequence[Amended]) -> None:
    changes = []
    for response, stored in amended:
        if stored.is_counted:
            before, after = _counted(stored, stored.answers), _counted(stored, response.answers)
            changes += [(before, False), (after, True)]
    await change_histogram(session, await differences_of(session, changes))


def _counted(stored: Row[Any], answers: Any) -> CountedResponse:
    return CountedResponse(
        ResponseKey(stored.service_point_code, stored.id),
        stored.survey_code,
        stored.version,
        stored.collection_mode,
        stored.given_on,
        stored.given_hour,
        answers,
        stored.is_complete,
    )
