"""``/v1/handovers``: what waits on its way to feedback_api, for the operator."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.pagination import Cursor, CursorQuery, LimitQuery, add_next_link, page_limit, split_page
from services.shared.problems import (
    ForbiddenProblem,
    InvalidRequestProblem,
    UnauthorizedProblem,
    problem_responses,
)
from services.shared.scopes import Scope
from services.shared.security import require
from services.survey_api.handovers import repository, service
from services.survey_api.handovers.errors import HandoverNotFoundProblem, HandoverNotParkedProblem
from services.survey_api.handovers.schemas import HandoverPage, HandoverRead, HandoverState

router = APIRouter(prefix="/v1/handovers", tags=["handovers"])


@router.get(
    "",
    summary="List the comments on their way to the feedback service",
    dependencies=[Depends(require(Scope.SURVEY_READ))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def handover_list(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    state: Annotated[HandoverState, Query(description="How they stand.")] = HandoverState.WAITING,
    cursor: CursorQuery = None,
    limit: LimitQuery = None,
) -> HandoverPage:
    """How they stand and why, never what they say; the oldest first. Needs the scope `survey:read`."""
    size = page_limit(limit)
    after = Cursor.decode(cursor) if cursor else None
    rows = await repository.list_handovers(session, state, after=after, limit=size + 1)
    page, next_cursor = split_page(rows, size, lambda row: Cursor(row.created_at, row.id))
    add_next_link(request, response, next_cursor)
    return HandoverPage(items=[HandoverRead.of(row) for row in page], next=next_cursor)


@router.post(
    "/{handover_id}/retry",
    summary="Try a parked hand-over again",
    dependencies=[Depends(require(Scope.SURVEY_MANAGE))],
    responses=problem_responses(
        UnauthorizedProblem, ForbiddenProblem, HandoverNotFoundProblem, HandoverNotParkedProblem
    ),
)
async def handover_retry(handover_id: UUID, session: SessionDep) -> HandoverRead:
    """After what made feedback_api refuse the comment was mended. Needs the scope `survey:manage`."""
    return HandoverRead.of(await service.try_again(session, handover_id, at=now()))
