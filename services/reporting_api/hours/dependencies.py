"""What endpoints of the smileys by hour depend on."""

from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.hours.schemas import SmileyHours
from services.reporting_api.hours.service import HoursService
from services.reporting_api.keeper import Asking, Keeper
from services.reporting_api.periods.inquiry import Inquiry
from services.reporting_api.periods.published import as_of_records
from services.shared.catalogue import Catalogue, CatalogueDep
from services.shared.database import ReadSessionDep


# Async, though they await nothing: FastAPI would run plain functions and classes in a thread.
async def _service(session: ReadSessionDep, catalogue: CatalogueDep) -> HoursService:
    return HoursService(session, catalogue)


HoursServiceDep = Annotated[HoursService, Depends(_service, scope="function")]


class KeptHours:
    """The grids, counted once for all who ask for the same."""

    def __init__(
        self, session: AsyncSession, catalogue: Catalogue, service: HoursService, keeper: Keeper[SmileyHours]
    ) -> None:
        self._session = session
        self._catalogue_revision = catalogue.revision
        self._service = service
        self._keeper = keeper

    async def find(self, inquiry: Inquiry, service_point: str | None) -> SmileyHours:
        """Of the inquiry's branch, or of one service point alone; raises the problems of a period."""
        asking = Asking(self._session, inquiry.as_of, inquiry.is_internal, self._catalogue_revision)
        what = inquiry.kind, inquiry.label, inquiry.unit, inquiry.units, service_point
        hours, as_of = await self._keeper.find(
            asking, what, lambda: self._service.hours(inquiry, service_point=service_point)
        )
        return hours.model_copy(update={"as_of": as_of_records(as_of, hours.editions)})


async def _kept(
    request: Request, session: ReadSessionDep, catalogue: CatalogueDep, service: HoursServiceDep
) -> KeptHours:
    return KeptHours(session, catalogue, service, request.app.state.keepers.hours)


KeptHoursDep = Annotated[KeptHours, Depends(_kept, scope="function")]
