"""``/v1/exports``: records as rows, for staff. Only those that count in figures, so that rows and figures agree."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from services.reporting_api.exports.cursors import read_cursor
from services.reporting_api.exports.errors import ContentElsewhereProblem
from services.reporting_api.exports.repository import Choice, ExportRepository
from services.reporting_api.exports.service import MEDIA_TYPES, ExportFormat, ExportService
from services.reporting_api.exports.sources import FEEDBACK, RESPONSES, ExportSource
from services.reporting_api.periods.dependencies import UnitQuery, UnitsQuery
from services.reporting_api.periods.errors import UnknownUnitProblem
from services.reporting_api.periods.inquiry import find_unit
from services.shared.catalogue import CatalogueDep, UnitsAs
from services.shared.database import StreamSessionDep
from services.shared.problems import (
    ForbiddenProblem,
    InvalidRequestProblem,
    UnauthorizedProblem,
    problem_responses,
)
from services.shared.schemas import LINE_MAX_LENGTH, Day, refuse_reversed_days
from services.shared.scopes import Scope
from services.shared.security import require
from services.shared.settings import get_settings

router = APIRouter(prefix="/v1/exports", tags=["exports"])

ROWS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The rows. `X-Total-Count` of all days, `X-Remaining-Count` of this answer.",
        "content": {media_type.partition(";")[0]: {} for media_type in MEDIA_TYPES.values()},
    }
}
RESPONSES_OF_EXPORTS = ROWS | problem_responses(
    UnauthorizedProblem, ForbiddenProblem, ContentElsewhereProblem, InvalidRequestProblem, UnknownUnitProblem
)


def _choice(
    catalogue: CatalogueDep,
    first_day: Annotated[Day, Query(alias="from", description="First local day.", examples=["2021-04-01"])],
    last_day: Annotated[Day, Query(alias="to", description="Last local day.", examples=["2021-06-30"])],
    unit: UnitQuery = None,
    units: UnitsQuery = UnitsAs.THEN,
    content: Annotated[bool, Query(description="Content is given by the services that hold it, never here.")] = False,
) -> Choice:
    if content:
        raise ContentElsewhereProblem(
            "leave out content: reporting_api's database role can read facts only. feedback_api gives the texts at "
            "GET /v1/feedback/{id} to keys of scope feedback:handle"
        )
    refuse_reversed_days(first_day, last_day)
    branch = catalogue.branch(find_unit(catalogue, unit, units).code, units=units) if unit is not None else None
    return Choice(first_day, last_day, branch, None)


class Export:
    """Which rows, in which format, from where on."""

    def __init__(
        self,
        session: StreamSessionDep,
        choice: Annotated[Choice, Depends(_choice)],
        format: Annotated[ExportFormat, Query(description="What the rows are written in.")] = ExportFormat.CSV,  # noqa: A002 (the promised name)
        cursor: Annotated[
            str | None,
            Query(
                max_length=LINE_MAX_LENGTH,
                description="To go on after a stop: the first columns of the last whole row, with commas between them "
                "(feedback: `received_on,id`; responses: `survey,given_on,service_point,id`).",
            ),
        ] = None,
    ) -> None:
        self._session = session
        self._choice = choice
        self._format = format
        self._cursor = cursor

    async def answer(self, source: ExportSource) -> StreamingResponse:
        """The rows as they come, with their number in the headers."""
        choice = self._choice
        after = read_cursor(self._cursor, source) if self._cursor is not None else None
        repository = ExportRepository(
            self._session, source, Choice(choice.first_day, choice.last_day, choice.units, after)
        )
        service = ExportService(repository, source, seconds=get_settings().export_max_seconds)
        counted = await service.count()
        name = f"{source.name}-{choice.first_day}-{choice.last_day}.{self._format}"
        return StreamingResponse(
            service.stream(self._format),
            media_type=MEDIA_TYPES[self._format],
            headers={
                "X-Total-Count": str(counted.total),
                "X-Remaining-Count": str(counted.remaining),
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "private, no-store",
            },
        )


ExportDep = Annotated[Export, Depends()]
INTERNAL = [Depends(require(Scope.REPORT_INTERNAL))]


@router.get(
    "/feedback",
    summary="Feedback as rows, for staff",
    response_class=StreamingResponse,
    dependencies=INTERNAL,
    responses=RESPONSES_OF_EXPORTS,
)
async def export_feedback(export: ExportDep) -> StreamingResponse:
    """A row for each piece of feedback received in the days: as many as `feedback.received` of the same period.

    Facts without texts and persons. Needs the scope `report:internal`.
    """
    return await export.answer(FEEDBACK)


@router.get(
    "/responses",
    summary="Survey responses as rows, for staff",
    response_class=StreamingResponse,
    dependencies=INTERNAL,
    responses=RESPONSES_OF_EXPORTS,
)
async def export_responses(export: ExportDep) -> StreamingResponse:
    """A row for each response given in the days that counts: those judged misuse are left out, and presses that came
    as hourly counts have no rows. Answers are codes and numbers; comments are content. Needs the scope
    `report:internal`.
    """
    return await export.answer(RESPONSES)
