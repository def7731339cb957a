"""Storing and counting the responses of a group in one statement, which is a transaction of its own."""

from collections.abc import Mapping, Sequence

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.clock import now
from services.shared.group_keys import IS_FREE, KEY_COLUMNS, REMEMBER_KEYS, RequestKey, key_columns
from services.shared.tables.access import Service
from services.survey_api.responses.counted_hours import hour_of, may_be_counted
from services.survey_api.responses.schemas import ResponseCreated
from services.survey_api.responses.submission import JudgedResponse, ResponseKey
from services.survey_api.surveys.definitions import SurveyDefinition

# Hours are asked for before any row is locked, by a function that does not wait. Rows are locked in the order all
# writers keep: responses by key, as they are given, then histogram rows by key in the order of code points. Nothing is
# stored of a survey that has changed since its definition was read.
# The group goes as one JSON text: the driver's arrays cost several times what PostgreSQL takes to read it.
_STORE = text(
    f"""
    WITH current AS (
        SELECT known.code
        FROM json_to_recordset(CAST(:surveys AS json)) AS known (code text, version int, revision int)
        JOIN survey USING (code)
        WHERE survey.revision <= known.revision AND NOT EXISTS (
            SELECT FROM survey_version AS newer
            WHERE newer.survey_code = known.code AND newer.version > known.version AND newer.published_at IS NOT NULL
        )
    ), sent AS MATERIALIZED (
        SELECT *, {IS_FREE} AS is_free
        FROM json_to_recordset(CAST(:responses AS json)) AS sent (number int, service_point text, id uuid, survey text,
            version int, collection_mode text, given_at timestamptz, given_on date, given_hour smallint, language text,
            interaction text, content_hash text, answers jsonb, single_interaction text, comments jsonb, counted json,
            hour timestamptz, {KEY_COLUMNS})
        WHERE survey IN (SELECT code FROM current)
    ), pressed AS MATERIALIZED (
        SELECT DISTINCT service_point, survey, hour FROM sent WHERE is_free AND hour IS NOT NULL
    ), free AS MATERIALIZED (
        SELECT service_point, survey, hour FROM pressed WHERE hour_takes_presses(service_point, survey, hour)
    ), given AS MATERIALIZED (
        SELECT * FROM sent
        WHERE is_free AND (hour IS NULL OR (service_point, survey, hour) IN (SELECT * FROM free))
    ), stored AS (
        INSERT INTO survey_response (service_point_code, id, survey_code, version, collection_mode, given_at, given_on,
            given_hour, recorded_at, language, interaction_reference, content_hash, answers, single_interaction)
        SELECT service_point, id, survey, version, collection_mode, given_at, given_on, given_hour, :recorded_at,
            language, interaction, content_hash, answers, single_interaction
        FROM given
        ORDER BY number
        ON CONFLICT DO NOTHING
        RETURNING service_point_code AS service_point, id
    ), keys AS (
        {REMEMBER_KEYS.format(taken="given JOIN stored USING (service_point, id)")}
    ), commented AS (
        INSERT INTO survey_response_content (service_point_code, response_id, comments)
        SELECT service_point, id, comments
        FROM given JOIN stored USING (service_point, id)
        WHERE comments IS NOT NULL
    ), counted AS (
        INSERT INTO answer_histogram (service_point_code, survey_code, question_code, given_on, given_hour, version,
            collection_mode, value, count)
        SELECT service_point, survey, tally ->> 0, given_on, given_hour, version, collection_mode,
            CAST(tally ->> 1 AS smallint), count(*)
        FROM given JOIN stored USING (service_point, id) CROSS JOIN json_array_elements(given.counted) AS tally
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        ORDER BY service_point COLLATE "C", survey COLLATE "C", (tally ->> 0) COLLATE "C", given_on, given_hour,
            version, collection_mode COLLATE "C", 8
        ON CONFLICT (service_point_code, survey_code, question_code, given_on, given_hour, version, collection_mode,
            value)
        DO UPDATE SET count = answer_histogram.count + excluded.count
    )
    SELECT service_point, id FROM stored
    """  # noqa: S608 (our own words)
)


async def store(
    session: AsyncSession,
    responses: Mapping[ResponseKey, JudgedResponse],
    request_keys: Mapping[ResponseKey, RequestKey],
) -> set[ResponseKey]:
    """Store and count those of the responses that are new and judged by their survey's present definition; their keys.

    Left out are presses of hours that are counted, or are being counted now, and those whose request's key came before.
    For responses of people: no rule on devices is applied.
    """
    if not responses:
        return set()
    ordered = sorted(responses.values(), key=lambda response: response.key)
    parameters = {
        "surveys": _surveys(ordered),
        "responses": _rows(ordered, request_keys),
        "recorded_at": now(),
        "service": Service.SURVEY_API.value,
    }
    stored = await session.execute(_STORE, parameters)
    return {ResponseKey(service_point, response_id) for service_point, response_id in stored}


def _surveys(responses: Sequence[JudgedResponse]) -> str:
    surveys: dict[str, SurveyDefinition] = {response.survey.code: response.survey for response in responses}
    return _json(
        [
            {"code": survey.code, "version": survey.newest.number, "revision": survey.revision}
            for survey in surveys.values()
        ]
    )


def _rows(responses: Sequence[JudgedResponse], request_keys: Mapping[ResponseKey, RequestKey]) -> str:
    return _json(
        [
            {
                "number": number,
                "service_point": response.key.service_point,
                "id": response.key.id,
                "survey": response.survey.code,
                "version": response.version,
                "collection_mode": response.collection_mode,
                "given_at": response.given_at,
                "given_on": response.given_on,
                "given_hour": response.given_hour,
                "language": response.language,
                "interaction": response.interaction_id,
                "content_hash": response.content_hash,
                "answers": response.answers,
                "single_interaction": response.single_interaction,
                "comments": response.texts or None,
                "counted": response.counted,
                "hour": hour_of(response).hour if may_be_counted(response) else None,
                **_request_key(request_keys.get(response.key), response.key),
            }
            for number, response in enumerate(responses)
        ]
    )


def _json(rows: Sequence[Mapping[str, object]]) -> str:
    return orjson.dumps(rows).decode()


def _request_key(request_key: RequestKey | None, key: ResponseKey) -> dict[str, object]:
    if request_key is None:
        return {}
    return key_columns(request_key, ResponseCreated(id=key.id).model_dump_json())
