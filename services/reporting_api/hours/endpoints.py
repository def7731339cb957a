"""The smileys of a period by weekday and hour."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.reporting_api.conditional import NOT_MODIFIED, conditional_answer
from services.reporting_api.hours.dependencies import KeptHoursDep
from services.reporting_api.hours.errors import UnitOrPointProblem
from services.reporting_api.hours.schemas import SmileyHours
from services.reporting_api.periods.dependencies import (
    KINDS,
    PASSING,
    AskerDep,
    KindPath,
    LabelPath,
    UnitQuery,
    UnitsQuery,
)
from services.reporting_api.periods.errors import PeriodLabelProblem, PeriodNotBegunProblem, UnknownUnitProblem
from services.shared.catalogue import UnitsAs
from services.shared.problems import InvalidParam, UnauthorizedProblem, problem_responses
from services.shared.schemas import CODE_MAX_LENGTH

router = APIRouter(prefix="/v1", tags=["figures"])

PointQuery = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=CODE_MAX_LENGTH,
        description="Code or alias of one service point: only its own presses.",
        examples=["ruskeasuo-dental-clinic"],
    ),
]


@router.get(
    "/{kind}/{label}/smileys",
    summary="The smileys of a period by weekday and hour",
    response_model=SmileyHours,
    responses=NOT_MODIFIED
    | problem_responses(
        UnauthorizedProblem, PeriodNotBegunProblem, PeriodLabelProblem, UnknownUnitProblem, UnitOrPointProblem
    ),
)
async def smiley_hours_read(
    kind: KindPath,
    label: LabelPath,
    asker: AskerDep,
    kept: KeptHoursDep,
    unit: UnitQuery = None,
    service_point: PointQuery = None,
    units: UnitsQuery = UnitsAs.THEN,
) -> Response:
    """Presses and happy index of each hour of the week, beside those of the period before; misuse left out.

    The whole city's quarter is public where no hour has few presses. Weeks, months, years and units are for keys of
    scope `report:internal`.
    """
    if unit is not None and service_point is not None:
        reason = "a service point is a unit by itself; leave out either unit or service_point"
        raise UnitOrPointProblem(reason, invalid_params=[InvalidParam(name="service_point", reason=reason)])
    inquiry = asker.inquiry(KINDS[kind], label, unit, units)
    answer = await kept.find(inquiry, service_point)
    return conditional_answer(asker.request, answer, passing=PASSING, is_private=asker.has_key)
