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
from services.survey_api.surveys import replacement, service
from services.survey_api.surveys.errors import (
    DraftExistsProblem,
    OriginNotAllowedProblem,
    SurveyExistsProblem,
    SurveyNotFoundProblem,
    SurveyVersionNotFoundProblem,
    VersionPublishedProblem,
)
from services.survey_api.surveys.origins import foreign_origin, refuse_unless_listed
from services.survey_api.surveys.schemas import (
    VERSION_MAX,
    AllowedOriginsReplace,
    QuestionsFields,
    SurveyChange,
    SurveyCode,
    SurveyCreate,
    SurveyFields,
    SurveyOutcome,
    SurveyPage,
    SurveyRead,
    SurveyStatus,
    SurveySummary,
    VersionCreate,
    VersionPage,
)

router = APIRouter(prefix="/v1/surveys", tags=["surveys"])

SurveyPath = Annotated[str, Path(max_length=100, description="The survey's code.", examples=["dental-care-chat"])]

VersionPath = Annotated[int, Path(ge=1, le=VERSION_MAX, description="The version's number.")]

MANAGE = [Depends(require(Scope.SURVEY_MANAGE)), Depends(require_json)]

_WRITE_PROBLEMS = (
    BadRequestProblem,
    UnauthorizedProblem,
    ForbiddenProblem,
    UnsupportedMediaTypeProblem,
    InvalidRequestProblem,
    IdempotencyKeyReusedProblem,
)

_DRAFT_PROBLEMS = (
    BadRequestProblem,
    UnauthorizedProblem,
    ForbiddenProblem,
    UnsupportedMediaTypeProblem,
    InvalidRequestProblem,
    SurveyNotFoundProblem,
    SurveyVersionNotFoundProblem,
    VersionPublishedProblem,
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
        return SurveyRead.of_latest(survey, at)

    return await idempotency.answer(body, SurveyRead, register)


@router.patch(
    "/{code}",
    summary="Change a survey's names, opening times or rules",
    dependencies=MANAGE,
    responses=problem_responses(*_WRITE_PROBLEMS, SurveyNotFoundProblem),
)
async def survey_change(code: SurveyPath, body: SurveyChange, session: SessionDep) -> SurveyRead:
    """What is left out stays; questions change by a new version only. Needs the scope `survey:manage`."""
    return SurveyRead.of_latest(await service.change(session, code, body), now())


@router.put(
    "/{code}",
    summary="Let a survey be as a pack of questions has it",
    dependencies=MANAGE,
    responses=problem_responses(*_WRITE_PROBLEMS, SurveyNotFoundProblem, DraftExistsProblem),
)
async def survey_put(
    code: Annotated[SurveyCode, Path(description="The survey's code.")],
    body: SurveyFields,
    catalogue: CatalogueDep,
    session: SessionDep,
    check: Annotated[bool, Query(description="Only say what would be done.")] = False,
) -> SurveyOutcome:
    """Registers it, publishes (or drafts) a version where its questions differ from the newest, changes its names and
    times, or does nothing: sending the same again changes nothing. Needs the scope `survey:manage`."""
    return await replacement.settle(session, catalogue, code, body, at=now(), is_check=check)


@router.post(
    "/{code}/versions",
    status_code=HTTPStatus.CREATED,
    summary="Publish or draft the survey's next version",
    dependencies=MANAGE,
    responses=problem_responses(*_WRITE_PROBLEMS, SurveyNotFoundProblem, DraftExistsProblem),
)
async def survey_version_create(
    code: SurveyPath, body: VersionCreate, session: SessionDep, idempotency: IdempotencyDep
) -> SurveyRead:
    """Published versions are never changed, only followed; `is_draft` makes one that can be. A question that keeps its
    code keeps its kind, scale and options' numbers, so that its figures stay comparable; where its words change,
    `change_note` says why they do. Needs the scope `survey:manage`."""

    async def publish() -> SurveyRead:
        at = now()
        return SurveyRead.of_latest(await service.add_version(session, code, body, at=at), at)

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
    return SurveyRead.of_latest(survey, now())


@router.get(
    "/{code}/versions",
    summary="All versions of a survey, drafts too",
    dependencies=[Depends(require(Scope.SURVEY_MANAGE))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, SurveyNotFoundProblem),
)
async def survey_version_list(code: SurveyPath, session: ReadSessionDep) -> VersionPage:
    """Needs the scope `survey:manage`."""
    at, survey = now(), await service.find(session, code)
    versions = [*survey.versions, *([survey.draft] if survey.draft else [])]
    return VersionPage(items=[SurveyRead.of_version(survey, version, at) for version in versions], next=None)


@router.put(
    "/{code}/versions/{number}",
    summary="Replace a draft's questions",
    dependencies=MANAGE,
    responses=problem_responses(*_DRAFT_PROBLEMS),
)
async def survey_draft_replace(
    code: SurveyPath, number: VersionPath, body: QuestionsFields, session: SessionDep
) -> SurveyRead:
    """Needs the scope `survey:manage`."""
    return SurveyRead.of_latest(await service.replace_draft(session, code, number, body.questions), now())


@router.post(
    "/{code}/versions/{number}/publish",
    summary="Publish a draft",
    dependencies=[Depends(require(Scope.SURVEY_MANAGE))],
    responses=problem_responses(*_DRAFT_PROBLEMS),
)
async def survey_draft_publish(code: SurveyPath, number: VersionPath, session: SessionDep) -> SurveyRead:
    """From now on it is answered and never changes. Needs the scope `survey:manage`."""
    at = now()
    return SurveyRead.of_latest(await service.publish_draft(session, code, number, at=at), at)


@router.delete(
    "/{code}/versions/{number}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Delete a draft",
    dependencies=[Depends(require(Scope.SURVEY_MANAGE))],
    responses=problem_responses(*_DRAFT_PROBLEMS),
)
async def survey_draft_delete(code: SurveyPath, number: VersionPath, session: SessionDep) -> None:
    """Needs the scope `survey:manage`."""
    await service.delete_draft(session, code, number)


@router.get("", summary="List the surveys", responses=problem_responses(InvalidRequestProblem))
async def survey_list(
    session: ReadSessionDep,
    status: Annotated[SurveyStatus, Query(description="Taking answers now, not taking them, or all.")] = (
        SurveyStatus.OPEN
    ),
) -> SurveyPage:
    """Those that take answers now, unless `status` says otherwise; by code."""
    at = now()
    surveys = await service.list_published(session, status, at=at)
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
    survey = await service.get_published(session, code)
    refuse_unless_listed(foreign_origin(request), survey.allowed_origins)
    return SurveyRead.of_version(survey, service.get_version(survey, version), now())
