"""Answering with a report: written once, and kept as it is sent for as long as the data is provably the same."""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from weakref import WeakValueDictionary

import orjson
from fastapi import Depends, Request, Response
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.conditional import Lasting, conditional_lasting
from services.reporting_api.memory import Counted, Memory, Recent
from services.reporting_api.periods.data_version import data_version
from services.reporting_api.periods.schemas import MonthReport, QuarterReport, WeekReport, YearReport
from services.reporting_api.periods.service import Inquiry, PeriodService
from services.shared.catalogue import Catalogue, CatalogueDep
from services.shared.clock import local_day
from services.shared.database import ReadSessionDep

AnyReport = QuarterReport | MonthReport | WeekReport | YearReport

AS_OF = "as_of"
"""The one property that differs in each answer without any figure having changed."""

_INSTANT = TypeAdapter(datetime)

_counting: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
"""Held while a report is counted; there as long as someone holds it or waits."""


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
        self._catalogue = catalogue
        state = request.app.state
        self._service = PeriodService(session, catalogue, state.statement_clients)
        self._memory: Memory[Written] = state.written_reports
        self._recent: Recent[Written] = state.recent_reports

    async def answer(self, model: type[AnyReport], inquiry: Inquiry, *, has_key: bool) -> Response:
        """The report with its comparisons named as ``model`` has them, or 304 where the client has its figures."""
        if inquiry.compares_statements:
            counted = Counted(await self._write(model, inquiry), inquiry.as_of)
        elif inquiry.is_internal:
            counted = Counted(await self._kept(model, inquiry), inquiry.as_of)
        else:
            counted = await self._not_older(model, inquiry)
        as_of = _INSTANT.dump_python(counted.result.published_as_of or counted.as_of, mode="json")
        return conditional_lasting(self._request, counted.result.lasting, {AS_OF: as_of}, is_private=has_key)

    async def _not_older(self, model: type[AnyReport], inquiry: Inquiry) -> Counted[Written]:
        """What was counted a moment ago, even where something has been written since, or what is counted now."""
        key = _key(self._catalogue, inquiry)
        # Of many who ask while the city writes one counts, and the others take what it wrote.
        async with _counting.setdefault(key, asyncio.Lock()):
            recent = self._recent.find(key, inquiry.as_of)
            return recent or Counted(await self._kept(model, inquiry), inquiry.as_of)

    async def _kept(self, model: type[AnyReport], inquiry: Inquiry) -> Written:
        """What was counted of the same data, or is counted now."""
        # Asked first, so that it is the version of what the session sees in all that follows.
        version = await data_version(self._session, inquiry.as_of)
        if version is None:
            return await self._write(model, inquiry)
        asked = _key(self._catalogue, inquiry)
        key = (version, asked)
        # Of many who ask at once one counts here too.
        async with _counting.setdefault(key, asyncio.Lock()):
            written = self._memory.find(key) or await self._write(model, inquiry)
        self._memory.keep(key, written)
        self._recent.keep(asked, Counted(written, inquiry.as_of))
        return written

    async def _write(self, model: type[AnyReport], inquiry: Inquiry) -> Written:
        report = model.model_validate(await self._service.report(inquiry))
        lasting = Lasting.of(orjson.dumps(report.model_dump(mode="json", exclude={AS_OF})))
        return Written(lasting, report.as_of if report.editions else None)


def _key(catalogue: Catalogue, inquiry: Inquiry) -> Hashable:
    """All that a report depends on but the data. Of the clock it is the day: periods begin and are over at midnight."""
    return (
        catalogue.revision,
        local_day(inquiry.as_of),
        inquiry.kind,
        inquiry.label,
        inquiry.unit,
        inquiry.units,
        inquiry.is_internal,
        inquiry.series,
    )


# Async, though it awaits nothing: FastAPI would run the class, or a plain function, in a thread.
async def _answers(request: Request, session: ReadSessionDep, catalogue: CatalogueDep) -> ReportAnswers:
    return ReportAnswers(request, session, catalogue)


ReportAnswersDep = Annotated[ReportAnswers, Depends(_answers, scope="function")]
