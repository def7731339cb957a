"""``/v1/source-points``: what the points of other systems are with us."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request, Response

from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep, sessions_of
from services.shared.pagination import (
    CursorQuery,
    LimitQuery,
    add_next_link,
    decode_position,
    encode_position,
    page_limit,
)
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
from services.survey_api.held_answers.service import Release
from services.survey_api.json_body import require_json
from services.survey_api.responses.origins import source_key
from services.survey_api.source_points import repository, service
from services.survey_api.source_points.errors import MappingCountedProblem
from services.survey_api.source_points.schemas import MappingPage, MappingRead, SourcePointPut
from services.survey_api.surveys.cache import SurveyCacheDep
from services.survey_api.surveys.errors import SurveyNotFoundProblem

router = APIRouter(prefix="/v1/source-points", tags=["devices"])


@router.put(
    "",
    summary="Map a point of another system",
    dependencies=[Depends(require_json)],
    responses=problem_responses(
        BadRequestProblem,
        UnauthorizedProblem,
        ForbiddenProblem,
        SurveyNotFoundProblem,
        MappingCountedProblem,
        UnsupportedMediaTypeProblem,
        InvalidRequestProblem,
    ),
)
async def source_point_put(
    body: SourcePointPut,
    request: Request,
    principal: Annotated[Principal, Depends(require(Scope.SURVEY_DEVICES))],
    catalogue: CatalogueDep,
    surveys: SurveyCacheDep,
    session: SessionDep,
    background: BackgroundTasks,
) -> MappingRead:
    """As a person has reviewed it. What was held for want of it is counted right after. Needs the scope
    `survey:devices`."""
    mapping = await service.put(session, catalogue, body, reviewed_by=principal.name, at=now())
    keys = [source_key(body.source, body.source_point)]
    # Runs after the answer was sent, and so after the commit.
    background.add_task(Release(sessions_of(request), catalogue, surveys).run, keys=keys)
    return MappingRead.of(mapping)


@router.get(
    "",
    summary="List the mapped points of other systems",
    dependencies=[Depends(require(Scope.SURVEY_READ))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def source_point_list(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    source: Annotated[str | None, Query(max_length=100, description="Only of this system.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = None,
) -> MappingPage:
    """By source and point. `GET /v1/held-answers` tells which are not mapped. Needs the scope `survey:read`."""
    size = page_limit(limit)
    after = decode_position(cursor, 2) if cursor else None
    rows = await repository.list_mappings(session, source=source, after=after, limit=size + 1)
    page = [MappingRead.of(row) for row in rows[:size]]
    next_cursor = encode_position(page[-1].source, page[-1].source_point) if len(rows) > size else None
    add_next_link(request, response, next_cursor)
    return MappingPage(items=page, next=next_cursor)
