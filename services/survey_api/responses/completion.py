"""Completing a partial response: other answers under the same id, with the histogram following."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.settings import get_settings
from services.shared.tables import SurveyResponse
from services.shared.tables.surveys import CollectionMode
from services.survey_api.responses import repository
from services.survey_api.responses.errors import CompletionOverProblem, ResponseConflictProblem
from services.survey_api.responses.histogram import change_histogram
from services.survey_api.responses.schemas import ResponseCreate
from services.survey_api.responses.submission import (
    HistogramKey,
    JudgedResponse,
    ResponseKey,
    histogram_key,
    read_fields,
)
from services.survey_api.surveys.answers import counted_of_stored
from services.survey_api.surveys.definitions import SurveyDefinition, Version


@dataclass(frozen=True, slots=True)
class Resent:
    """A response whose id may have come before, with what is sent now."""

    survey: SurveyDefinition
    body: ResponseCreate
    key: ResponseKey
    content_hash: str


async def complete(session: AsyncSession, resent: Resent, *, at: datetime) -> JudgedResponse | None:
    """The partial response with the answers sent now; None where it is complete and only an earlier part came late.

    When, where and how it was given stay as they were first. Raises :class:`ResponseConflictProblem`,
    :class:`CompletionOverProblem` and :class:`InvalidRequestProblem`.
    """
    row = await repository.lock_response(session, resent.key)
    if row is None or row.content_hash == resent.content_hash:
        return None
    if row.is_complete and not resent.body.complete and row.survey_code == resent.survey.code:
        return None
    version = _version_of(row, resent)
    limit = get_settings().completion_hours
    if at - row.recorded_at > timedelta(hours=limit):
        raise CompletionOverProblem(
            f"the response {row.id} was begun more than {limit} hours ago and stays as it is; "
            "send the answers as a new response with an id of its own"
        )
    response = _with_answers(row, version, resent)
    await repository.replace_answers(session, response)
    if row.source_misuse_reason is None and row.misuse_reason is None:
        await change_histogram(session, _differences(row, version, response))
    return response


def _version_of(row: SurveyResponse, resent: Resent) -> Version:
    version = resent.survey.find_version(row.version)
    is_same = row.survey_code == resent.survey.code and resent.body.version in (None, row.version)
    if row.is_complete or not is_same or version is None:
        raise conflict(resent.key)
    return version


def _with_answers(row: SurveyResponse, version: Version, resent: Resent) -> JudgedResponse:
    read = read_fields(version, resent.body)
    return JudgedResponse(
        key=resent.key,
        survey=resent.survey,
        version=row.version,
        collection_mode=CollectionMode(row.collection_mode),
        given_at=row.given_at,
        given_on=row.given_on,
        given_hour=row.given_hour,
        language=row.language,
        interaction_id=row.interaction_reference,
        content_hash=resent.content_hash,
        answers=read.stored,
        texts=read.texts,
        counted=read.counted,
        is_complete=resent.body.complete,
    )


def _differences(row: SurveyResponse, version: Version, response: JudgedResponse) -> Mapping[HistogramKey, int]:
    differences: dict[HistogramKey, int] = {}
    before = counted_of_stored(version, row.answers, is_complete=row.is_complete)
    for counted, change in ((before, -1), (response.counted, 1)):
        for question, value in counted:
            key = histogram_key(response, question, value)
            differences[key] = differences.get(key, 0) + change
    return differences


def conflict(key: ResponseKey) -> ResponseConflictProblem:
    """The problem of an id that came before with other content."""
    return ResponseConflictProblem(f"the id {key.id} came before with other content; give each response its own id")
