"""Writing responses and their counts, many in one statement, and listing them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import orjson
from sqlalchemy import delete, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.pagination import Cursor
from services.shared.tables import SurveyResponse, SurveyResponseContent
from services.shared.tables.surveys import MisuseReason
from services.survey_api.responses.copying import copy_new
from services.survey_api.responses.submission import HistogramKey, JudgedResponse, ResponseKey

# Arrays instead of many rows of values: one statement, prepared once, for any number of rows.
_INSERT_RESPONSES = text(
    """
    INSERT INTO survey_response (service_point_code, id, survey_code, version, collection_mode, given_at, given_on,
        given_hour, recorded_at, language, interaction_reference, content_hash, answers, device_code, source,
        source_point, precision, source_misuse_reason, is_complete, single_interaction)
    SELECT service_point_code, id, survey_code, version, collection_mode, given_at, given_on,
        given_hour, :recorded_at, language, interaction_reference, content_hash, answers::jsonb, device_code, source,
        source_point, precision, source_misuse_reason, is_complete, single_interaction
    FROM unnest(
        CAST(:service_points AS text[]), CAST(:ids AS uuid[]), CAST(:surveys AS text[]), CAST(:versions AS int[]),
        CAST(:modes AS text[]), CAST(:given_at AS timestamptz[]), CAST(:given_on AS date[]),
        CAST(:given_hours AS smallint[]), CAST(:languages AS text[]), CAST(:interactions AS text[]),
        CAST(:hashes AS text[]), CAST(:answers AS text[]), CAST(:devices AS text[]), CAST(:sources AS text[]),
        CAST(:source_points AS text[]), CAST(:precisions AS text[]), CAST(:source_misuse AS text[]),
        CAST(:completes AS boolean[]), CAST(:single_interactions AS text[])
    ) AS given (service_point_code, id, survey_code, version, collection_mode, given_at, given_on, given_hour,
        language, interaction_reference, content_hash, answers, device_code, source, source_point, precision,
        source_misuse_reason, is_complete, single_interaction)
    ON CONFLICT DO NOTHING
    RETURNING service_point_code, id
    """
)

_INSERT_CONTENTS = text(
    """
    INSERT INTO survey_response_content (service_point_code, response_id, comments)
    SELECT service_point_code, response_id, comments::jsonb
    FROM unnest(CAST(:service_points AS text[]), CAST(:ids AS uuid[]), CAST(:comments AS text[]))
        AS given (service_point_code, response_id, comments)
    """
)

_ADD_TO_HISTOGRAM = text(
    """
    INSERT INTO answer_histogram (service_point_code, survey_code, question_code, given_on, given_hour, version,
        collection_mode, value, count)
    SELECT *
    FROM json_to_recordset(CAST(:counts AS json)) AS given (service_point text, survey text, question text,
        given_on date, given_hour smallint, version int, collection_mode text, value smallint, count bigint)
    ON CONFLICT (service_point_code, survey_code, question_code, given_on, given_hour, version, collection_mode, value)
    DO UPDATE SET count = answer_histogram.count + excluded.count
    """
)


COPIED_MIN = 50
"""Fewer responses cost less by one ``INSERT`` than by the four statements of a copy."""


async def insert_new(
    session: AsyncSession, responses: Sequence[JudgedResponse], *, recorded_at: datetime
) -> set[ResponseKey]:
    """Store those of the responses that are new, with their texts; the keys of these.

    Not new is also one of an interaction that was answered, where the survey takes one response of each. All writers
    lock rows in the same order, responses by key and then histogram rows by key, so that no two of them wait for each
    other.
    """
    ordered = sorted(responses, key=lambda response: (response.key.service_point, response.key.id.int))
    new = await copy_new(session, ordered, recorded_at) if len(ordered) >= COPIED_MIN else None
    if new is None:
        created = await _insert_rows(session, ordered, recorded_at)
        new = [response for response in ordered if response.key in created]
    await insert_contents(session, [response for response in new if response.texts])
    return {response.key for response in new}


async def _insert_rows(
    session: AsyncSession, responses: Sequence[JudgedResponse], recorded_at: datetime
) -> set[ResponseKey]:
    inserted = await session.execute(
        _INSERT_RESPONSES,
        {
            "recorded_at": recorded_at,
            "service_points": [response.key.service_point for response in responses],
            "ids": [response.key.id for response in responses],
            "surveys": [response.survey.code for response in responses],
            "versions": [response.version for response in responses],
            "modes": [str(response.collection_mode) for response in responses],
            "given_at": [response.given_at for response in responses],
            "given_on": [response.given_on for response in responses],
            "given_hours": [response.given_hour for response in responses],
            "languages": [response.language for response in responses],
            "interactions": [response.interaction_id for response in responses],
            "hashes": [response.content_hash for response in responses],
            "answers": [orjson.dumps(response.answers).decode() for response in responses],
            "devices": [response.origin.device for response in responses],
            "sources": [response.origin.source for response in responses],
            "source_points": [response.origin.source_point for response in responses],
            "precisions": [str(response.origin.precision) for response in responses],
            "source_misuse": [response.origin.source_misuse for response in responses],
            "completes": [response.is_complete for response in responses],
            "single_interactions": [response.single_interaction for response in responses],
        },
    )
    return {ResponseKey(service_point, response_id) for service_point, response_id in inserted}


async def insert_contents(session: AsyncSession, responses: Sequence[JudgedResponse]) -> None:
    """Store the texts of responses that have some and are stored."""
    if not responses:
        return
    await session.execute(
        _INSERT_CONTENTS,
        {
            "service_points": [response.key.service_point for response in responses],
            "ids": [response.key.id for response in responses],
            "comments": [orjson.dumps(response.texts).decode() for response in responses],
        },
    )


async def lock_response(session: AsyncSession, key: ResponseKey) -> SurveyResponse | None:
    """The response, which nobody else changes meanwhile; None where there is none."""
    statement = (
        select(SurveyResponse)
        .where(col(SurveyResponse.service_point_code) == key.service_point, col(SurveyResponse.id) == key.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def replace_answers(session: AsyncSession, response: JudgedResponse) -> None:
    """Write the answers and texts of a response that is stored; decisions about the earlier texts go with them."""
    key = response.key
    statement = (
        update(SurveyResponse)
        .where(col(SurveyResponse.service_point_code) == key.service_point, col(SurveyResponse.id) == key.id)
        .values(answers=dict(response.answers), content_hash=response.content_hash, is_complete=response.is_complete)
        .execution_options(synchronize_session=False)
    )
    await session.execute(statement)
    table = SurveyResponseContent
    erased = delete(table).where(col(table.service_point_code) == key.service_point, col(table.response_id) == key.id)
    await session.execute(erased.execution_options(synchronize_session=False))
    await insert_contents(session, [response] if response.texts else [])


async def add_to_histogram(session: AsyncSession, counts: Mapping[HistogramKey, int]) -> None:
    """Add the counts to their rows, in one statement and in the rows' order."""
    if not counts:
        return
    rows = [key._asdict() | {"count": counts[key]} for key in sorted(counts)]
    await session.execute(_ADD_TO_HISTOGRAM, {"counts": orjson.dumps(rows).decode()})


async def fetch_content_hashes(session: AsyncSession, keys: Sequence[ResponseKey]) -> dict[ResponseKey, str]:
    """The content hashes of those of the responses that are stored."""
    if not keys:
        return {}
    table = SurveyResponse
    statement = select(table.service_point_code, table.id, table.content_hash).where(
        tuple_(col(table.service_point_code), col(table.id)).in_(keys)
    )
    return {
        ResponseKey(service_point, response_id): content_hash
        for service_point, response_id, content_hash in await session.execute(statement)
    }


class StoredResponse(NamedTuple):
    """What a repeated response is compared with."""

    content_hash: str
    source_misuse: MisuseReason | None


async def fetch_stored(session: AsyncSession, keys: Sequence[ResponseKey]) -> dict[ResponseKey, StoredResponse]:
    """Those of the responses that are stored."""
    if not keys:
        return {}
    table = SurveyResponse
    statement = select(table.service_point_code, table.id, table.content_hash, table.source_misuse_reason).where(
        tuple_(col(table.service_point_code), col(table.id)).in_(keys)
    )
    return {
        ResponseKey(service_point, response_id): StoredResponse(content_hash, MisuseReason(reason) if reason else None)
        for service_point, response_id, content_hash, reason in await session.execute(statement)
    }


async def list_responses(
    session: AsyncSession,
    *,
    survey: str | None,
    first_day: date | None,
    last_day: date | None,
    after: Cursor | None,
    limit: int,
) -> Sequence[SurveyResponse]:
    """Up to ``limit`` responses after the cursor, in the order they were recorded; both days belong to the span."""
    statement = select(SurveyResponse).order_by(col(SurveyResponse.recorded_at), col(SurveyResponse.id)).limit(limit)
    if survey is not None:
        statement = statement.where(col(SurveyResponse.survey_code) == survey)
    if first_day is not None:
        statement = statement.where(col(SurveyResponse.given_on) >= first_day)
    if last_day is not None:
        statement = statement.where(col(SurveyResponse.given_on) <= last_day)
    if after is not None:
        position = tuple_(col(SurveyResponse.recorded_at), col(SurveyResponse.id))
        statement = statement.where(position > (after.instant, after.id))
    return (await session.execute(statement)).scalars().all()
