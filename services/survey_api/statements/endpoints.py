"""``/v1/quarters/{quarter}/statement``: what reporting_api checks its figures against."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.shared.clock import now
from services.shared.database import ReadSessionDep
from services.shared.periods import LABEL_SCHEMAS, PeriodKind
from services.shared.problems import (
    ForbiddenProblem,
    InvalidRequestProblem,
    UnauthorizedProblem,
    problem_responses,
)
from services.shared.scopes import Scope
from services.shared.security import require
from services.survey_api.statements import service
from services.survey_api.statements.schemas import Statement

router = APIRouter(prefix="/v1/quarters", tags=["statements"])


@router.get(
    "/{quarter}/statement",
    summary="The quarter's closing statement",
    dependencies=[Depends(require(Scope.SERVICE))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def statement_get(
    quarter: Annotated[
        str, Path(max_length=20, examples=["2021-Q2"], json_schema_extra=LABEL_SCHEMAS[PeriodKind.QUARTER])
    ],
    session: ReadSessionDep,
) -> Statement:
    """An independent recount from the answers as given. Needs the scope `service`."""
    return await service.state_quarter(session, quarter, at=now())
