"""``/v1/misuse``: judging presses anew."""

from fastapi import APIRouter, Depends

from services.shared.database import SessionDep
from services.shared.problems import (
    BadRequestProblem,
    ForbiddenProblem,
    InvalidRequestProblem,
    UnauthorizedProblem,
    UnsupportedMediaTypeProblem,
    problem_responses,
)
from services.shared.scopes import Scope
from services.shared.security import require
from services.survey_api.json_body import require_json
from services.survey_api.misuse import service
from services.survey_api.misuse.schemas import Recomputation, RecomputationCreate

router = APIRouter(prefix="/v1/misuse", tags=["devices"])


@router.post(
    "/recomputations",
    summary="Judge presses anew by the present rule on repeated presses",
    dependencies=[Depends(require(Scope.SURVEY_DEVICES)), Depends(require_json)],
    responses=problem_responses(
        BadRequestProblem, UnauthorizedProblem, ForbiddenProblem, UnsupportedMediaTypeProblem, InvalidRequestProblem
    ),
)
async def misuse_recompute(body: RecomputationCreate, session: SessionDep) -> Recomputation:
    """After the rule's settings were changed. Figures of the days follow at once; published editions do not. Safe to
    repeat. Needs the scope `survey:devices`."""
    return await service.recompute(session, body)
