"""/v1/quarters/{quarter}/participation: what panels, councils and residents did, in words."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.reporting_api.conditional import NOT_MODIFIED, conditional_answer
from services.reporting_api.participation import service
from services.reporting_api.participation.schemas import Participation
from services.reporting_api.periods.dependencies import PASSING, AskerDep, UnitQuery, UnitsQuery
from services.reporting_api.periods.errors import PeriodLabelProblem, PeriodNotBegunProblem, UnknownUnitProblem
from services.shared.catalogue import CatalogueDep, UnitsAs
from services.shared.database import ReadSessionDep
from services.shared.periods import PeriodKind
from services.shared.problems import UnauthorizedProblem, problem_responses

router = APIRouter(prefix="/v1/quarters", tags=["participation"])


@router.get(
    "/{quarter}/participation",
    summary="Meetings, proposals and initiatives of a quarter",
    response_model=Participation,
    responses=NOT_MODIFIED
    | problem_responses(UnauthorizedProblem, PeriodNotBegunProblem, PeriodLabelProblem, UnknownUnitProblem),
)
async def participation_read(
    quarter: Annotated[str, Path(examples=["2021-Q2"])],
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    asker: AskerDep,
    unit: UnitQuery = None,
    units: UnitsQuery = UnitsAs.THEN,
) -> Response:
    """With memos, texts and outcomes: for the review's chapters. The quarter's figures count the same records."""
    answer = await service.read(session, catalogue, asker.inquiry(PeriodKind.QUARTER, quarter, unit, units))
    return conditional_answer(asker.request, answer, passing=PASSING, is_private=asker.has_key)
