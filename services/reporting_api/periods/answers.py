"""Answering with a report: written once, and kept as it is sent for as long as the data is provably the same."""

from collections.abc import Hashable
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import Depends, Request, Response
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.conditional import Lasting, conditional_lasting
from services.reporting_api.periods.data_version import data_version
from services.reporting_api.periods.schemas import MonthReport, QuarterReport, WeekReport, YearReport
from services.reporting_api.periods.service import Inquiry, PeriodService
from services.reporting_api.quarters.memory import Memory
from services.shared.catalogue import Catalogue, CatalogueDep
from services.shared.clock import local_day
from services.shared.database import ReadSessionDep

AnyReport = QuarterReport | MonthReport | WeekReport | YearReport

AS_OF = "as_of"
"""The one property that differs in each answer without any figure having changed."""

_INSTANT = TypeAdapter(datetime)


class ReportAnswers:
    """Answers a request with the report it asks for."""

    def __init__(self, request: Request, session: AsyncSession, catalogue: Catalogue) -> None:
        self._request = request
        self._session = session
        self._catalogue = catalogue
        state = request.app.state
        self._service = PeriodService(session, catalogue, state.statement_clients, state.report_memory)
        self._memory: Memory[Lasting] = state.written_reports

    async def answer(self, model: type[AnyReport], inquiry: Inquiry, *, has_key: bool) -> Response:
        """The report with its comparisons named as ``model`` has them, or 304 where the client has its figures."""
        # Asked first, so that it is the version of what the session sees in all that follows.
        version = None if inquiry.compares_statements else await data_version(self._session)
        key = self._key(version, inquiry)
        lasting = self._memory.find(key) if version else None
        if lasting is None:
            report = model.model_validate(await self._service.report(inquiry))
            lasting = Lasting.of(orjson.dumps(report.model_dump(mode="json", exclude={AS_OF})))
            if version:
                self._memory.keep(key, lasting)
        as_of = _INSTANT.dump_python(inquiry.as_of, mode="json")
        return conditional_lasting(self._request, lasting, {AS_OF: as_of}, is_private=has_key)

    def _key(self, version: str | None, inquiry: Inquiry) -> Hashable:
        """All that a report depends on. Of the clock it is the day: periods begin and are over at midnight."""
        return (
            version,
            self._catalogue.revision,
            local_day(inquiry.as_of),
            inquiry.kind,
            inquiry.label,
            inquiry.unit,
            inquiry.units,
            inquiry.is_internal,
        )


# Async, though it awaits nothing: FastAPI would run the class, or a plain function, in a thread.
async def _answers(request: Request, session: ReadSessionDep, catalogue: CatalogueDep) -> ReportAnswers:
    return ReportAnswers(request, session, catalogue)


ReportAnswersDep = Annotated[ReportAnswers, Depends(_answers, scope="function")]
