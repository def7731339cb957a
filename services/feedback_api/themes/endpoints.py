"""/v1/themes: assigning feedback to themes anew."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.feedback_api.themes import service
from services.feedback_api.themes.schemas import ReassignmentCreate, ReassignmentDone
from services.shared.clock import now
from services.shared.database import SessionDep
from services.shared.problems import (
    ForbiddenProblem,
    InvalidRequestProblem,
    UnauthorizedProblem,
    problem_responses,
)
from services.shared.scopes import Scope
from services.shared.security import Principal, require

router = APIRouter(prefix="/v1/themes", tags=["themes"])


@router.post(
    "/reassignments",
    summary="Assign feedback to themes anew",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def theme_reassign(
    order: ReassignmentCreate,
    session: SessionDep,
    _handler: Annotated[Principal, Depends(require(Scope.FEEDBACK_HANDLE))],
) -> ReassignmentDone:
    """After a theme's search or topics changed. What staff said of an item stays; so does what a search found in a text
    that has been erased since. Safe to repeat.
    """
    return await service.reassign(session, order, now())
