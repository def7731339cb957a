"""``/v1/surveys``: definitions are public, managing them needs a key."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.idempotency import IdempotencyDep
from services.shared.problems import (
    BadRequestProblem,
    ForbiddenProblem,
    IdempotencyKeyReusedProblem,
    InvalidRequestProblem,
    UnauthorizedProblem,
    UnsupportedMediaTypeProblem,
    problem_responses,
)
from services.shared.scopes import Scope
from services.shared.security import require
from services.survey_api.json_body import require_json
from services.survey_api.surveys import service
from services.survey_api.surveys.errors import (
    OriginNotAllowedProblem,
    SurveyExistsProblem,
    SurveyNotFoundProblem,
    SurveyVersionNotFoundProblem,
)
from services.survey_api.surveys.origins import foreign_origin, refuse_unless_listed
from services.survey_api.surveys.schemas import (
    AllowedOriginsReplace,
    SurveyCreate,
    SurveyPage,
    SurveyRead,
    SurveyStatus,
    SurveySummary,
    VersionCreate,
)

router = APIRouter(prefix="/v1/surveys", tags=["surveys"])

SurveyPath = Annotated[str, Path(max_length=100, description="The survey's code.", examples=["dental-care-chat"])]

MANAGE = [Depends(require(Scope.SURVEY_MANAGE)), Depends(require_json)]

_WRITE_PROBLEMS = (
    BadRequestProblem,
    UnauthorizedProblem,
    ForbiddenProblem,
    UnsupportedMediaTypeProblem,
    InvalidRequestProblem,
    IdempotencyKeyReusedProblem,
)


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Register a survey with its first version",
    dependencies=MANAGE,
    responses=problem_responses(*_WRITE_PROBLEMS, SurveyExistsProblem),
)
async def survey_create(
    body: SurveyCreate, catalogue: CatalogueDep, session: SessionDep, idempotency: IdempotencyDep
) -> SurveyRead:
    """Needs the scope `survey:manage`."""

    async def register() -> SurveyRead:
        at = now()
        survey = await service.register(session, catalogue, body, at=at)
        return SurveyRead.of_version(survey, survey.newest, at)

    return await idempotency.answer(body, SurveyRead, register)


@router.post(
    "/{code}/versions",
    status_code=HTTPStatus.CREATED,
    summary="Publish the survey's next version",
    dependencies=MANAGE,
    responses=problem_responses(*_WRITE_PROBLEMS, SurveyNotFoundProblem),
)
async def survey_version_create(
    code: SurveyPath, body: VersionCreate, session: SessionDep, idempotency: IdempotencyDep
) -> SurveyRead:
    """Versions are never changed, only followed. A question that keeps its code keeps its kind and its options'
    numbers, so that its figures stay comparable. Needs the scope `survey:manage`."""

    async def publish() -> SurveyRead:
        at = now()
        survey = await service.publish_version(session, code, body.questions, at=at)
        return SurveyRead.of_version(survey, survey.newest, at)

    return await idempotency.answer(body, SurveyRead, publish)


@router.put(
    "/{code}/allowed-origins",
    summary="Say whose pages may show the survey",
    dependencies=MANAGE,
    responses=problem_responses(
        BadRequestProblem,
        UnauthorizedProblem,
        ForbiddenProblem,
        SurveyNotFoundProblem,
        UnsupportedMediaTypeProblem,
        InvalidRequestProblem,
    ),
)
async def survey_allowed_origins_replace(
    code: SurveyPath, body: AllowedOriginsReplace, session: SessionDep
) -> SurveyRead:
    """Holds from the next request on, for the widget, the iframe and answers from pages. Needs the scope
    `survey:manage`."""
    survey = await service.replace_allowed_origins(session, code, body.allowed_origins)
    return SurveyRead.of_version(survey, survey.newest, now())


@router.get("", summary="List the surveys", responses=problem_responses(InvalidRequestProblem))
async def survey_list(
    session: ReadSessionDep,
    status: Annotated[SurveyStatus, Query(description="Taking answers now, not taking them, or all.")] = (
        SurveyStatus.OPEN
    ),
) -> SurveyPage:
    """Those that take answers now, unless `status` says otherwise; by code."""
    at = now()
    surveys = await service.list_all(session, status, at=at)
    return SurveyPage(items=[SurveySummary.of(survey, at) for survey in surveys], next=None)


@router.get(
    "/{code}",
    summary="A survey with its questions",
    responses=problem_responses(
        OriginNotAllowedProblem, SurveyNotFoundProblem, SurveyVersionNotFoundProblem, InvalidRequestProblem
    ),
)
async def survey_get(
    code: SurveyPath,
    request: Request,
    session: ReadSessionDep,
    version: Annotated[int | None, Query(ge=1, description="Which version; the newest if not given.")] = None,
) -> SurveyRead:
    """What a form or widget shows: the questions of the newest version, or of the one asked for. A page may ask from
    the survey's `allowed_origins`."""
    survey = await service.get_one(session, code)
    refuse_unless_listed(foreign_origin(request), survey.allowed_origins)
    return SurveyRead.of_version(survey, service.get_version(survey, version), now())
