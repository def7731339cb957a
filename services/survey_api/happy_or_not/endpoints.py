"""``/v1/connectors/happy-or-not``: pulls, the mapping, and how the connector stands."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request, Response

from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.pagination import Cursor, CursorQuery, LimitQuery, add_next_link, page_limit, split_page
from services.shared.problems import (
    BadRequestProblem,
    ForbiddenProblem,
    InvalidRequestProblem,
    UnauthorizedProblem,
    UnsupportedMediaTypeProblem,
    problem_responses,
)
from services.shared.scopes import Scope
from services.shared.security import Principal, require
from services.shared.settings import settings_of
from services.survey_api.happy_or_not import pulls, service
from services.survey_api.happy_or_not.errors import ConnectorNotConfiguredProblem, PullNotFoundProblem
from services.survey_api.happy_or_not.schemas import (
    ConnectorState,
    MappingPut,
    MappingReport,
    PullCreate,
    PullPage,
    PullRead,
)
from services.survey_api.happy_or_not.worker import wake
from services.survey_api.json_body import require_json
from services.survey_api.source_points.errors import MappingCountedProblem
from services.survey_api.surveys.cache import SurveyCacheDep

router = APIRouter(prefix="/v1/connectors/happy-or-not", tags=["connectors"])

ImporterDep = Annotated[Principal, Depends(require(Scope.SURVEY_IMPORT))]
ManagerDep = Annotated[Principal, Depends(require(Scope.SURVEY_MANAGE))]


@router.get(
    "",
    summary="How the HappyOrNot connector stands",
    dependencies=[Depends(require(Scope.SURVEY_IMPORT))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem),
)
async def happy_or_not_state(request: Request, session: ReadSessionDep) -> ConnectorState:
    """What there is at the vendor, what is mapped, and what waits and why. Needs the scope `survey:import`."""
    return await service.state_of(session, settings_of(request))


@router.post(
    "/pulls",
    status_code=HTTPStatus.ACCEPTED,
    summary="Ask for a pull from HappyOrNot",
    dependencies=[Depends(require_json)],
    responses=problem_responses(
        BadRequestProblem,
        UnauthorizedProblem,
        ForbiddenProblem,
        ConnectorNotConfiguredProblem,
        UnsupportedMediaTypeProblem,
        InvalidRequestProblem,
    ),
)
async def happy_or_not_pull_create(
    request: Request,
    session: SessionDep,
    body: PullCreate,
    principal: ImporterDep,
    background: BackgroundTasks,
) -> PullRead:
    """It is run in the background, one at a time; `GET …/pulls/{id}` tells how far it is. While it is queued, asking
    for the same days again gives the same pull. Needs the scope `survey:import`."""
    pull = await service.ask_for_pull(session, settings_of(request), body, requested_by=principal.name, at=now())
    background.add_task(wake, request.app)
    return PullRead.of(pull)


@router.get(
    "/pulls",
    summary="List the pulls from HappyOrNot",
    dependencies=[Depends(require(Scope.SURVEY_IMPORT))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def happy_or_not_pull_list(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    cursor: CursorQuery = None,
    limit: LimitQuery = None,
) -> PullPage:
    """The newest first. Needs the scope `survey:import`."""
    size = page_limit(limit)
    rows = await pulls.list_pulls(session, before=Cursor.decode(cursor) if cursor else None, limit=size + 1)
    page, next_cursor = split_page(rows, size, lambda row: Cursor(row.requested_at, row.id))
    add_next_link(request, response, next_cursor)
    return PullPage(items=[PullRead.of(row) for row in page], next=next_cursor)


@router.get(
    "/pulls/{pull_id}",
    summary="How far a pull is",
    dependencies=[Depends(require(Scope.SURVEY_IMPORT))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, PullNotFoundProblem),
)
async def happy_or_not_pull_get(pull_id: UUID, session: ReadSessionDep) -> PullRead:
    """Counts grow while it runs. Needs the scope `survey:import`."""
    return PullRead.of(await service.get_pull(session, pull_id))


@router.put(
    "/mapping",
    summary="Say what HappyOrNot's surveys and points are with us",
    dependencies=[Depends(require_json)],
    responses=problem_responses(
        BadRequestProblem,
        UnauthorizedProblem,
        ForbiddenProblem,
        MappingCountedProblem,
        UnsupportedMediaTypeProblem,
        InvalidRequestProblem,
    ),
)
async def happy_or_not_mapping_put(
    request: Request,
    session: SessionDep,
    catalogue: CatalogueDep,
    surveys: SurveyCacheDep,
    body: MappingPut,
    principal: ManagerDep,
    background: BackgroundTasks,
    dry_run: Annotated[bool, Query(description="Only say what it would do.")] = False,
) -> MappingReport:
    """The whole mapping. What has waited for it is counted in the background. An entry counts once `reviewed_by` names
    who has looked at it. Needs the scope `survey:manage`."""
    report = await service.put_mapping(
        session,
        catalogue,
        surveys,
        settings_of(request),
        body,
        requested_by=principal.name,
        at=now(),
        is_dry_run=dry_run,
    )
    if report.is_stored:
        background.add_task(wake, request.app)
    return report
