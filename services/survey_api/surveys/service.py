"""Registering surveys, drafting and publishing their versions, and changing what may change of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.clock import local_day
from services.shared.problems import InvalidParam, InvalidRequestProblem, invalid
from services.survey_api.surveys import repository
from services.survey_api.surveys.definitions import SurveyDefinition, Version
from services.survey_api.surveys.drafting import InvalidDefinitionError, make_questions
from services.survey_api.surveys.errors import (
    DraftExistsProblem,
    SurveyExistsProblem,
    SurveyNotFoundProblem,
    SurveyVersionNotFoundProblem,
    VersionPublishedProblem,
)
from services.survey_api.surveys.schemas import (
    QuestionCreate,
    SurveyChange,
    SurveyCreate,
    SurveyFields,
    SurveyStatus,
    VersionCreate,
)


async def register(
    session: AsyncSession, catalogue: Catalogue, survey: SurveyCreate, *, at: datetime
) -> SurveyDefinition:
    """A new survey with its version 1; raises :class:`SurveyExistsProblem`, or what is wrong with the fields."""
    definition = make_survey(catalogue, survey.code, survey)
    version = next_version((), survey.questions, None if survey.is_draft else at)
    if not await repository.add_survey(session, definition, created_at=at):
        raise SurveyExistsProblem(
            f"{survey.code!r} is taken; choose another code, or publish a version of it at "
            f"/v1/surveys/{survey.code}/versions"
        )
    await repository.add_version(session, survey.code, version)
    return await find(session, survey.code)


def make_survey(catalogue: Catalogue, code: str, survey: SurveyFields) -> SurveyDefinition:
    """The survey without versions; raises :class:`InvalidRequestProblem`."""
    check_window(survey.opens_at, survey.closes_at)
    unit = catalogue.resolve_unit(survey.unit, on=local_day(survey.opens_at))
    return SurveyDefinition(
        code=code,
        kind=survey.kind,
        names=survey.names,
        unit_code=unit.code,
        collection_mode=survey.collection_mode,
        opens_at=survey.opens_at,
        closes_at=survey.closes_at,
        is_demonstration=survey.is_demonstration,
        allowed_origins=None if survey.allowed_origins is None else tuple(survey.allowed_origins),
        versions=(),
        respondent_role=survey.respondent_role,
        allows_several_per_interaction=survey.allows_several_per_interaction,
        widget_sends_partial=survey.widget_sends_partial,
    )


def check_window(opens_at: datetime, closes_at: datetime | None) -> None:
    """Raise :class:`InvalidRequestProblem` where the survey would close before it opens."""
    if closes_at is not None and closes_at <= opens_at:
        raise invalid("closes_at", "is not after opens_at; give a later time, or leave it out")


async def change(session: AsyncSession, code: str, body: SurveyChange) -> SurveyDefinition:
    """The survey with the fields that ``body`` names; answers that were taken stay whatever they are."""
    survey = await lock(session, code)
    fields = {name: getattr(body, name) for name in body.model_fields_set}
    for name, value in fields.items():
        if value is None and name != "closes_at":
            raise invalid(name, "cannot be null; leave it out to keep it as it is")
    changed = replace(survey, **fields)
    check_window(changed.opens_at, changed.closes_at)
    await repository.change_survey(session, changed)
    return await find(session, code)


async def add_version(session: AsyncSession, code: str, body: VersionCreate, *, at: datetime) -> SurveyDefinition:
    """The survey with the questions as its next version, published at once unless it is to be a draft.

    Raises :class:`SurveyNotFoundProblem`, :class:`DraftExistsProblem`, or the faults.
    """
    survey = await lock(session, code)
    check_no_draft(survey)
    version = next_version(survey.versions, body.questions, None if body.is_draft else at)
    await repository.add_version(session, code, version)
    return await find(session, code)


def check_no_draft(survey: SurveyDefinition) -> None:
    """Raise :class:`DraftExistsProblem` where the next version is a draft already."""
    if survey.draft is not None:
        raise DraftExistsProblem(
            f"version {survey.draft.number} of {survey.code!r} is a draft; replace it (PUT), publish it "
            f"(POST …/publish) or delete it at /v1/surveys/{survey.code}/versions/{survey.draft.number}"
        )


async def replace_draft(
    session: AsyncSession, code: str, number: int, questions: Sequence[QuestionCreate]
) -> SurveyDefinition:
    """The survey with other questions in its draft; raises what :func:`lock_draft` does, or the faults."""
    survey = await lock_draft(session, code, number)
    draft = next_version(survey.versions, questions, None)
    await repository.delete_draft(session, code, number)
    await repository.add_version(session, code, draft)
    return await find(session, code)


async def publish_draft(session: AsyncSession, code: str, number: int, *, at: datetime) -> SurveyDefinition:
    """The survey with its draft published; raises what :func:`lock_draft` does."""
    await lock_draft(session, code, number)
    await repository.publish_version(session, code, number, at=at)
    return await find(session, code)


async def delete_draft(session: AsyncSession, code: str, number: int) -> None:
    """Take the draft away; raises what :func:`lock_draft` does."""
    await lock_draft(session, code, number)
    await repository.delete_draft(session, code, number)


async def lock_draft(session: AsyncSession, code: str, number: int) -> SurveyDefinition:
    """The survey, whose draft nobody else changes meanwhile.

    Raises :class:`SurveyNotFoundProblem`, :class:`SurveyVersionNotFoundProblem` and :class:`VersionPublishedProblem`.
    """
    survey = await lock(session, code)
    if survey.find_version(number) is not None:
        raise VersionPublishedProblem(
            f"version {number} of {code!r} is published; send the questions as the next version to "
            f"/v1/surveys/{code}/versions"
        )
    if survey.draft is None or survey.draft.number != number:
        raise SurveyVersionNotFoundProblem(f"{code!r} has no draft of the number {number}")
    return survey


async def lock(session: AsyncSession, code: str) -> SurveyDefinition:
    """The survey, which nobody else changes meanwhile; raises :class:`SurveyNotFoundProblem`."""
    if not await repository.lock_survey(session, code):
        raise _not_found(code)
    return await find(session, code)


async def replace_allowed_origins(session: AsyncSession, code: str, origins: Sequence[str] | None) -> SurveyDefinition:
    """The survey with other allowed origins; raises :class:`SurveyNotFoundProblem`."""
    if not await repository.replace_allowed_origins(session, code, origins):
        raise _not_found(code)
    return await find(session, code)


async def find(session: AsyncSession, code: str) -> SurveyDefinition:
    """The survey, published or not; raises :class:`SurveyNotFoundProblem`."""
    found = await repository.fetch_definitions(session, [code])
    if not found:
        raise _not_found(code)
    return found[0]


async def get_published(session: AsyncSession, code: str) -> SurveyDefinition:
    """The survey, which has a version to answer; raises :class:`SurveyNotFoundProblem`."""
    survey = await find(session, code)
    if not survey.is_published:
        raise _not_found(code)
    return survey


def get_version(survey: SurveyDefinition, number: int | None) -> Version:
    """The survey's version of that number (None: the newest); raises :class:`SurveyVersionNotFoundProblem`."""
    version = survey.newest if number is None else survey.find_version(number)
    if version is None:
        raise SurveyVersionNotFoundProblem(f"{survey.code!r} has the versions 1-{survey.newest.number}")
    return version


async def list_published(session: AsyncSession, status: SurveyStatus, *, at: datetime) -> list[SurveyDefinition]:
    """The surveys with a version to answer that are of ``status`` at ``at``, by code."""
    surveys = [survey for survey in await repository.fetch_definitions(session) if survey.is_published]
    if status is SurveyStatus.ALL:
        return surveys
    return [survey for survey in surveys if survey.is_open(at) == (status is SurveyStatus.OPEN)]


def next_version(earlier: Sequence[Version], questions: Sequence[QuestionCreate], at: datetime | None) -> Version:
    """The version that follows ``earlier``, published at ``at`` or a draft; raises :class:`InvalidRequestProblem`."""
    try:
        made = make_questions([question.draft() for question in questions], earlier)
    except InvalidDefinitionError as error:
        params = [InvalidParam(name=field, reason=reason) for field, reason in error.faults]
        raise InvalidRequestProblem(str(error), invalid_params=params) from error
    return Version(len(earlier) + 1, at, {question.code: question for question in made})


def _not_found(code: str) -> SurveyNotFoundProblem:
    return SurveyNotFoundProblem(f"there is no survey {code!r}; GET /v1/surveys lists them")
