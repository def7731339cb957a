"""What endpoints of tables depend on."""

from typing import Annotated

from fastapi import Depends, Request

from services.reporting_api.hours.dependencies import HoursServiceDep
from services.reporting_api.periods.dependencies import PeriodServiceDep
from services.reporting_api.tables.service import TableService
from services.shared.catalogue import CatalogueDep
from services.shared.database import ReadSessionDep


# Async, though it awaits nothing: FastAPI would run a plain function in a thread.
async def _service(
    request: Request,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    periods: PeriodServiceDep,
    hours: HoursServiceDep,
) -> TableService:
    return TableService(session, catalogue.revision, periods, hours, request.app.state.keepers.tables)


TableServiceDep = Annotated[TableService, Depends(_service, scope="function")]
