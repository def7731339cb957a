"""The smileys of a period by weekday and hour."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.reporting_api.conditional import NOT_MODIFIED, conditional_answer
from services.reporting_api.hours.errors import UnitOrPointProblem
from services.reporting_api.hours.schemas import SmileyHours
from services.reporting_api.keeper import Asking, Keeper
from services.reporting_api.periods.endpoints import PASSING, AskerDep, UnitQuery, UnitsQuery
from services.reporting_api.periods.errors import PeriodLabelProblem, PeriodNotBegunProblem, UnknownUnitProblem
from services.reporting_api.periods.published import as_of_records
from services.reporting_api.periods.service import Inquiry
from services.reporting_api.tables.endpoints import KINDS, HoursServiceDep, KindPath, LabelPath
from services.shared.catalogue import CatalogueDep, UnitsAs
from services.shared.database import ReadSessionDep
from services.shared.problems import InvalidParam, UnauthorizedProblem, problem_responses
from services.shared.schemas import CODE_MAX_LENGTH

router = APIRouter(prefix="/v1", tags=["figures"])


class KeptHours:
    """The grids, counted once for all who ask for the same."""

    def __init__(
        self, request: Request, session: ReadSessionDep, catalogue: CatalogueDep, service: HoursServiceDep
    ) -> None:
        self._keeper: Keeper[SmileyHours] = request.app.state.keepers.hours
        self._session = session
        self._catalogue_revision = catalogue.revision
        self._service = service

    async def find(self, inquiry: Inquiry, service_point: str | None) -> SmileyHours:
        """Of the inquiry's branch, or of one service point alone; raises the problems of a period."""
        asking = Asking(self._session, inquiry.as_of, inquiry.is_internal, self._catalogue_revision)
        what = inquiry.kind, inquiry.label, inquiry.unit, inquiry.units, service_point
        hours, as_of = await self._keeper.find(
            asking, what, lambda: self._service.hours(inquiry, service_point=service_point)
        )
        return hours.model_copy(update={"as_of": as_of_records(as_of, hours.editions)})


KeptHoursDep = Annotated[KeptHours, Depends(scope="function")]

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
