"""Answering with a report: written once, and kept as it is sent for as long as the data is provably the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import Depends, Request, Response
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.conditional import Lasting, conditional_lasting
from services.reporting_api.keeper import Asking, Keeper
from services.reporting_api.periods.inquiry import Inquiry
from services.reporting_api.periods.schemas import MonthReport, QuarterReport, WeekReport, YearReport
from services.reporting_api.periods.service import PeriodService
from services.shared.catalogue import Catalogue, CatalogueDep
from services.shared.database import ReadSessionDep

AnyReport = QuarterReport | MonthReport | WeekReport | YearReport

AS_OF = "as_of"
"""The one property that differs in each answer without any figure having changed."""

_INSTANT = TypeAdapter(datetime)


@dataclass(frozen=True, slots=True)
class Written:
    """A report as it is sent; ``published_as_of`` where it is of published editions, so that it does not grow newer."""

    lasting: Lasting
    published_as_of: datetime | None


class ReportAnswers:
    """Answers a request with the report it asks for."""

    def __init__(self, request: Request, session: AsyncSession, catalogue: Catalogue) -> None:
        self._request = request
        self._session = session
        self._catalogue_revision = catalogue.revision
        self._service = PeriodService(session, catalogue, request.app.state.statement_clients)
        self._keeper: Keeper[Written] = request.app.state.keepers.answers

    async def answer(self, model: type[AnyReport], inquiry: Inquiry, *, has_key: bool) -> Response:
        """The report with its comparisons named as ``model`` has them, or 304 where the client has its figures."""
        if inquiry.compares_statements:
            written, as_of = await self._write(model, inquiry), inquiry.as_of
        else:
            asking = Asking(self._session, inquiry.as_of, inquiry.is_internal, self._catalogue_revision)
            what = inquiry.kind, inquiry.label, inquiry.unit, inquiry.units, inquiry.series
            written, as_of = await self._keeper.find(asking, what, lambda: self._write(model, inquiry))
        told = _INSTANT.dump_python(written.published_as_of or as_of, mode="json")
        return conditional_lasting(self._request, written.lasting, {AS_OF: told}, is_private=has_key)

    async def _write(self, model: type[AnyReport], inquiry: Inquiry) -> Written:
        report = model.model_validate(await self._service.report(inquiry))
        lasting = Lasting.of(orjson.dumps(report.model_dump(mode="json", exclude={AS_OF})))
        return Written(lasting, report.as_of if report.editions else None)


# Async, though it awaits nothing: FastAPI would run the class, or a plain function, in a thread.
async def _answers(request: Request, session: ReadSessionDep, catalogue: CatalogueDep) -> ReportAnswers:
    return ReportAnswers(request, session, catalogue)


ReportAnswersDep = Annotated[ReportAnswers, Depends(_answers, scope="function")]
