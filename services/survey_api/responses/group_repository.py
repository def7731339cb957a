"""Storing and counting the responses of a group in one statement, which is a transaction of its own."""

from collections.abc import Mapping, Sequence

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.clock import local_day, local_hour, now
from services.survey_api.responses.submission import JudgedResponse, ResponseKey
from services.survey_api.surveys.definitions import SurveyDefinition

# Rows are locked in the order all writers keep: responses by key, as they are given, then histogram rows by key in
# the order of code points. Nothing is stored of a survey that has changed since its definition was read.
_STORE = text(
    """
    WITH current AS (
        SELECT known.code
        FROM unnest(CAST(:codes AS text[]), CAST(:newest AS int[]), CAST(:revisions AS int[]))
            AS known (code, version, revision)
        JOIN survey USING (code)
        WHERE survey.revision <= known.revision AND NOT EXISTS (
            SELECT FROM survey_version AS newer
            WHERE newer.survey_code = known.code AND newer.version > known.version AND newer.published_at IS NOT NULL
        )
    ), given AS MATERIALIZED (
        SELECT *
        FROM unnest(
            CAST(:service_points AS text[]), CAST(:ids AS uuid[]), CAST(:surveys AS text[]), CAST(:versions AS int[]),
            CAST(:modes AS text[]), CAST(:given_at AS timestamptz[]), CAST(:given_on AS date[]),
            CAST(:given_hours AS smallint[]), CAST(:languages AS text[]), CAST(:interactions AS text[]),
            CAST(:hashes AS text[]), CAST(:answers AS text[]), CAST(:single_interactions AS text[]),
            CAST(:comments AS text[])
        ) WITH ORDINALITY AS given (service_point_code, id, survey_code, version, collection_mode, given_at, given_on,
            given_hour, language, interaction_reference, content_hash, answers, single_interaction, comments, number)
        WHERE survey_code IN (SELECT code FROM current)
    ), stored AS (
        INSERT INTO survey_response (service_point_code, id, survey_code, version, collection_mode, given_at, given_on,
            given_hour, recorded_at, language, interaction_reference, content_hash, answers, single_interaction)
        SELECT service_point_code, id, survey_code, version, collection_mode, given_at, given_on, given_hour,
            :recorded_at, language, interaction_reference, content_hash, answers::jsonb, single_interaction
        FROM given
        ORDER BY number
        ON CONFLICT DO NOTHING
        RETURNING service_point_code, id
    ), commented AS (
        INSERT INTO survey_response_content (service_point_code, response_id, comments)
        SELECT service_point_code, id, comments::jsonb
        FROM given JOIN stored USING (service_point_code, id)
        WHERE comments IS NOT NULL
    ), counted AS (
        INSERT INTO answer_histogram (service_point_code, survey_code, question_code, given_on, given_hour, version,
            collection_mode, value, count)
        SELECT service_point_code, survey_code, answer.question, given_on, given_hour, version, collection_mode,
            answer.value, count(*)
        FROM given
        JOIN stored USING (service_point_code, id)
        JOIN unnest(CAST(:counted_numbers AS bigint[]), CAST(:questions AS text[]), CAST(:values AS smallint[]))
            AS answer (number, question, value) USING (number)
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        ORDER BY service_point_code COLLATE "C", survey_code COLLATE "C", answer.question COLLATE "C", given_on,
            given_hour, version, collection_mode COLLATE "C", answer.value
        ON CONFLICT (service_point_code, survey_code, question_code, given_on, given_hour, version, collection_mode,
            value)
        DO UPDATE SET count = answer_histogram.count + excluded.count
    )
    SELECT service_point_code, id FROM stored
    """
)


async def store(session: AsyncSession, responses: Mapping[ResponseKey, JudgedResponse]) -> set[ResponseKey]:
    """Store and count those of the responses that are new and judged by their survey's present definition; their keys.

    For responses of people: no rule on devices is applied.
    """
    if not responses:
        return set()
    ordered = sorted(responses.values(), key=lambda response: response.key)
    stored = await session.execute(_STORE, _known(ordered) | _rows(ordered) | _counts(ordered))
    return {ResponseKey(service_point, response_id) for service_point, response_id in stored}


def _known(responses: Sequence[JudgedResponse]) -> dict[str, object]:
    surveys: dict[str, SurveyDefinition] = {response.survey.code: response.survey for response in responses}
    return {
        "codes": list(surveys),
        "newest": [survey.newest.number for survey in surveys.values()],
        "revisions": [survey.revision for survey in surveys.values()],
    }


def _rows(responses: Sequence[JudgedResponse]) -> dict[str, object]:
    return {
        "recorded_at": now(),
        "service_points": [response.key.service_point for response in responses],
        "ids": [response.key.id for response in responses],
        "surveys": [response.survey.code for response in responses],
        "versions": [response.version for response in responses],
        "modes": [str(response.collection_mode) for response in responses],
        "given_at": [response.given_at for response in responses],
        "given_on": [local_day(response.given_at) for response in responses],
        "given_hours": [local_hour(response.given_at) for response in responses],
        "languages": [response.language for response in responses],
        "interactions": [response.interaction_id for response in responses],
        "hashes": [response.content_hash for response in responses],
        "answers": [orjson.dumps(response.answers).decode() for response in responses],
        "single_interactions": [response.single_interaction for response in responses],
        "comments": [orjson.dumps(response.texts).decode() if response.texts else None for response in responses],
    }


def _counts(responses: Sequence[JudgedResponse]) -> dict[str, object]:
    counts = [
        (number, question, value)
        for number, response in enumerate(responses, start=1)
        for question, value in response.counted
    ]
    return {
        "counted_numbers": [number for number, _, _ in counts],
        "questions": [question for _, question, _ in counts],
        "values": [value for _, _, value in counts],
    }
