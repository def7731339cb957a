"""/v1/quarters/{quarter}/statement: the closing statement."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.feedback_api.statements import service
from services.feedback_api.statements.participation_recount import ParticipationRecount
from services.feedback_api.statements.repository import Recount
from services.feedback_api.statements.schemas import Statement
from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep
from services.shared.periods import LABEL_SCHEMAS, InvalidPeriodLabelError, PeriodKind, parse_period
from services.shared.problems import (
    ForbiddenProblem,
    InvalidRequestProblem,
    UnauthorizedProblem,
    invalid,
    problem_responses,
)
from services.shared.scopes import Scope
from services.shared.security import Principal, require

router = APIRouter(prefix="/v1/quarters", tags=["statements"])


@router.get(
    "/{quarter}/statement",
    summary="Recount a quarter from raw rows",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def statement_read(
    quarter: Annotated[
        str, Path(max_length=20, examples=["2021-Q2"], json_schema_extra=LABEL_SCHEMAS[PeriodKind.QUARTER])
    ],
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    _service: Annotated[Principal, Depends(require(Scope.SERVICE))],
) -> Statement:
    """An independent recount from events and receipt times, which reporting_api's figures must equal to publish."""
    try:
        period = parse_period(PeriodKind.QUARTER, quarter)
    except InvalidPeriodLabelError as error:
        raise invalid("quarter", str(error)) from None
    recount = Recount(session, period.starts_on, period.ends_on)
    participation = ParticipationRecount(session, period.starts_on, period.ends_on)
    return await service.state(recount, participation, catalogue, period, now())
