"""What endpoints of tables over all quarters depend on."""

from typing import Annotated

from fastapi import Depends, Request

from services.reporting_api.periods.endpoints import AskerDep, PeriodServiceDep
from services.reporting_api.quarters.service import Asking, QuarterService
from services.reporting_api.tables.endpoints import HoursServiceDep
from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep
from services.shared.settings import settings_of


def _service(
    request: Request, session: ReadSessionDep, periods: PeriodServiceDep, hours: HoursServiceDep
) -> QuarterService:
    settings, state = settings_of(request), request.app.state
    return QuarterService(
        session, periods, hours, state.quarters_memory, state.hours_memory, max_periods=settings.series_max_periods
    )


QuarterServiceDep = Annotated[QuarterService, Depends(_service, scope="function")]


def _asking(asker: AskerDep, catalogue: CatalogueDep) -> Asking:
    return Asking(now(), asker.is_internal, catalogue.revision)


AskingDep = Annotated[Asking, Depends(_asking)]
