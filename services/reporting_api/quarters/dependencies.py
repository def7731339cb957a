"""What endpoints of tables over all quarters depend on."""

from typing import Annotated

from fastapi import Depends, Request

from services.reporting_api.keeper import Asking
from services.reporting_api.periods.dependencies import AskerDep
from services.reporting_api.quarters.service import QuarterService
from services.reporting_api.tables.dependencies import TableServiceDep
from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep
from services.shared.settings import settings_of


# Async, though it awaits nothing: FastAPI would run a plain function in a thread.
async def _service(
    request: Request, asker: AskerDep, session: ReadSessionDep, catalogue: CatalogueDep, tables: TableServiceDep
) -> QuarterService:
    asking = Asking(session, now(), asker.is_internal, catalogue.revision)
    keeper = request.app.state.keepers.quarters
    return QuarterService(asking, tables, keeper, max_periods=settings_of(request).series_max_periods)


QuarterServiceDep = Annotated[QuarterService, Depends(_service, scope="function")]
