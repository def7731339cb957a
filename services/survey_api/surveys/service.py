"""Registering surveys and publishing their versions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.clock import local_day
from services.shared.problems import InvalidParam, InvalidRequestProblem, invalid
from services.survey_api.surveys import repository
from services.survey_api.surveys.definitions import (
    InvalidDefinitionError,
    SurveyDefinition,
    Version,
    make_questions,
)
from services.survey_api.surveys.errors import (
    SurveyExistsProblem,
    SurveyNotFoundProblem,
    SurveyVersionNotFoundProblem,
)
from services.survey_api.surveys.schemas import QuestionCreate, SurveyCreate, SurveyStatus


async def register(
    session: AsyncSession, catalogue: Catalogue, survey: SurveyCreate, *, at: datetime
) -> SurveyDefinition:
    """A new survey with its version 1; raises :class:`SurveyExistsProblem`, or what is wrong with the fields."""
    if survey.closes_at is not None and survey.closes_at <= survey.opens_at:
        raise invalid("closes_at", "is not after opens_at; give a later time, or leave it out")
    unit = catalogue.resolve_unit(survey.unit, on=local_day(survey.opens_at))
    definition = SurveyDefinition(
        code=survey.code,
        kind=survey.kind,
        names=survey.names,
        unit_code=unit.code,
        collection_mode=survey.collection_mode,
        opens_at=survey.opens_at,
        closes_at=survey.closes_at,
        is_demonstration=survey.is_demonstration,
        allowed_origins=None if survey.allowed_origins is None else tuple(survey.allowed_origins),
        versions=(_next_version((), survey.questions, at),),
    )
    if not await repository.add_survey(session, definition, created_at=at):
        raise SurveyExistsProblem(
            f"{survey.code!r} is taken; choose another code, or publish a version of it at "
            f"/v1/surveys/{survey.code}/versions"
        )
    return definition


async def publish_version(
    session: AsyncSession, code: str, questions: Sequence[QuestionCreate], *, at: datetime
) -> SurveyDefinition:
    """The survey with the questions as its next version; raises :class:`SurveyNotFoundProblem`, or the faults."""
    if not await repository.lock_survey(session, code):
        raise _not_found(code)
    before = await get_one(session, code)
    version = _next_version(before.versions, questions, at)
    await repository.add_version(session, code, version)
    return await get_one(session, code)


async def replace_allowed_origins(session: AsyncSession, code: str, origins: Sequence[str] | None) -> SurveyDefinition:
    """The survey with other allowed origins; raises :class:`SurveyNotFoundProblem`."""
    if not await repository.replace_allowed_origins(session, code, origins):
        raise _not_found(code)
    return await get_one(session, code)


async def get_one(session: AsyncSession, code: str) -> SurveyDefinition:
    """The survey; raises :class:`SurveyNotFoundProblem`."""
    found = await repository.fetch_definitions(session, [code])
    if not found:
        raise _not_found(code)
    return found[0]


def get_version(survey: SurveyDefinition, number: int | None) -> Version:
    """The survey's version of that number (None: the newest); raises :class:`SurveyVersionNotFoundProblem`."""
    version = survey.newest if number is None else survey.find_version(number)
    if version is None:
        raise SurveyVersionNotFoundProblem(f"{survey.code!r} has the versions 1-{survey.newest.number}")
    return version


async def list_all(session: AsyncSession, status: SurveyStatus, *, at: datetime) -> list[SurveyDefinition]:
    """The surveys that are of ``status`` at ``at``, by code."""
    surveys = await repository.fetch_definitions(session)
    if status is SurveyStatus.ALL:
        return surveys
    return [survey for survey in surveys if survey.is_open(at) == (status is SurveyStatus.OPEN)]


def _next_version(earlier: Sequence[Version], questions: Sequence[QuestionCreate], at: datetime) -> Version:
    try:
        made = make_questions([question.draft() for question in questions], earlier)
    except InvalidDefinitionError as error:
        params = [InvalidParam(name=field, reason=reason) for field, reason in error.faults]
        raise InvalidRequestProblem(str(error), invalid_params=params) from error
    return Version(len(earlier) + 1, at, {question.code: question for question in made})


def _not_found(code: str) -> SurveyNotFoundProblem:
    return SurveyNotFoundProblem(f"there is no survey {code!r}; GET /v1/surveys lists them")
