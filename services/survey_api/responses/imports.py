"""Taking responses in streams: each batch judged in memory, written in a few statements, one transaction a batch."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.ndjson import Line, LineResult, refused
from services.shared.problems import Problem
from services.shared.schemas import newest_instant
from services.survey_api.responses import places, sightings
from services.survey_api.responses.lines import (
    JudgedLine,
    hold_line,
    judge_line,
    place_line,
    read_line,
)
from services.survey_api.responses.origins import Hold, Place
from services.survey_api.responses.outcomes import store_lines
from services.survey_api.responses.plain_lines import PlainLines
from services.survey_api.responses.schemas import ResponseLine
from services.survey_api.responses.submission import JudgedResponse
from services.survey_api.surveys.cache import SurveyCache

log = structlog.get_logger(__name__)

NumberedLine = tuple[int, ResponseLine | Problem]

READ_AT_ONCE = 100
"""Lines that are read before others get their turn: about two milliseconds."""


class PreparedLine(NamedTuple):
    """A line as it was read before the database is asked; plain ones are judged already."""

    line: Line
    read: ResponseLine | Problem | JudgedResponse

    @property
    def ordinary(self) -> NumberedLine:
        """The line for the ordinary way."""
        read = read_line(self.line) if isinstance(self.read, JudgedResponse) else self.read
        return self.line.number, read


@dataclass(frozen=True)
class ResponseImport:
    """Takes the batches of one upload."""

    sessions: Sessions
    catalogue: Catalogue
    surveys: SurveyCache
    is_dry_run: bool = False

    @cached_property
    def _plain(self) -> PlainLines:
        return PlainLines(self.catalogue, self.surveys)

    async def prepare(self, lines: Sequence[Line]) -> list[PreparedLine]:
        """Read the lines, and judge the plain ones."""
        prepared = list[PreparedLine]()
        for start in range(0, len(lines), READ_AT_ONCE):
            until = newest_instant(now())
            for line in lines[start : start + READ_AT_ONCE]:
                prepared.append(PreparedLine(line, self._plain.judge(line, until=until) or read_line(line)))
            await asyncio.sleep(0)
        return prepared

    async def take_batch(self, lines: Sequence[PreparedLine]) -> Sequence[LineResult]:
        """Store the batch's good lines and commit; one result a line, in order.

        Should the database refuse the batch, its lines are taken one by one, so that no line costs its neighbours.
        """
        try:
            return await self._take_together(lines)
        except SQLAlchemyError as error:
            log.warning("import batch failed, taking its lines one by one", kind=type(error).__name__)
        return [await self._take_alone(line) for line in lines]

    async def _take_together(self, lines: Sequence[PreparedLine]) -> list[LineResult]:
        async with self.sessions.session() as session, session.begin() as transaction:
            results = await self._take(session, lines, at=now())
            if self.is_dry_run:
                await transaction.rollback()
            return results

    async def _take(self, session: AsyncSession, lines: Sequence[PreparedLine], *, at: datetime) -> list[LineResult]:
        used = {line.read.survey.code: line.read.survey for line in lines if isinstance(line.read, JudgedResponse)}
        known = await self.surveys.find_all(session, used) if used else {}
        current = {code for code, definition in used.items() if known.get(code) is definition}
        plain: dict[int, JudgedLine] = {}
        others: list[NumberedLine] = []
        for line in lines:
            if isinstance(line.read, JudgedResponse) and line.read.survey.code in current:
                plain[line.line.number] = JudgedLine(line.line.number, line.read)
            else:
                others.append(line.ordinary)
        if not plain:
            return await take_lines(session, self.catalogue, self.surveys, others, at=at)
        readable = [line for _, line in others if isinstance(line, ResponseLine)]
        ordinary = await judge_all(session, self.catalogue, self.surveys, others, readable, at) if others else []
        judged = plain | {line.number: line for line in ordinary}
        return await _store(session, readable, [judged[line.line.number] for line in lines], at)

    async def _take_alone(self, line: PreparedLine) -> LineResult:
        try:
            return (await self._take_together([line]))[0]
        except SQLAlchemyError as error:
            number = line.line.number
            # Not the error's own text: it repeats the row.
            log.error("import line failed", line=number, kind=type(error).__name__)  # noqa: TRY400
            return refused(number, Problem("the service could not store this line; send it again"))


async def take_lines(
    session: AsyncSession,
    catalogue: Catalogue,
    surveys: SurveyCache,
    lines: Sequence[NumberedLine],
    *,
    at: datetime,
) -> list[LineResult]:
    """Store and count the lines within the session's transaction; one result a line, in order."""
    readable = [line for _, line in lines if isinstance(line, ResponseLine)]
    return await _store(session, readable, await judge_all(session, catalogue, surveys, lines, readable, at), at)


async def _store(
    session: AsyncSession, readable: Sequence[ResponseLine], judged: Sequence[JudgedLine], at: datetime
) -> list[LineResult]:
    results = await store_lines(session, judged, at=at)
    await sightings.note(session, readable, judged, results, at=at)
    return results


async def judge_all(
    session: AsyncSession,
    catalogue: Catalogue,
    surveys: SurveyCache,
    lines: Sequence[NumberedLine],
    readable: Sequence[ResponseLine],
    at: datetime,
) -> list[JudgedLine]:
    """What each line is, without storing it; ``readable`` are those of the lines that could be read."""
    known_places = await places.fetch(session, readable)
    placed = [
        (number, line, line if isinstance(line, Problem) else place_line(line, known_places, at))
        for number, line in lines
    ]
    codes = {place.survey for _, _, place in placed if isinstance(place, Place)}
    codes |= {line.survey for line in readable if line.survey is not None}
    known_surveys = await surveys.find_all(session, codes) if codes else {}
    judged = []
    for number, line, place in placed:
        if isinstance(line, Problem):
            judged.append(JudgedLine(number, line))
        elif isinstance(place, Problem):
            judged.append(JudgedLine(number, place))
        else:
            outcome = (
                hold_line(line, place) if isinstance(place, Hold) else judge_line(line, place, known_surveys, catalogue)
            )
            judged.append(JudgedLine(number, outcome, "misuse" in line.model_fields_set))
    return judged
