"""Taking responses in streams: each batch judged in memory, written in a few statements, one transaction a batch."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.ndjson import Line, LineResult, Results, accepted, all_created, refused
from services.shared.problems import Problem
from services.shared.schemas import newest_instant
from services.shared.tables.surveys import SurveyKind
from services.survey_api.responses import places, sightings
from services.survey_api.responses.all_new import NotAllNewError, store_all
from services.survey_api.responses.lines import (
    JudgedLine,
    hold_line,
    judge_line,
    place_line,
    read_line,
)
from services.survey_api.responses.origins import Hold, Place
from services.survey_api.responses.outcomes import store_lines
from services.survey_api.responses.plain_contents import PlainResponse
from services.survey_api.responses.plain_lines import PlainLines
from services.survey_api.responses.repository import COPIED_MIN
from services.survey_api.responses.schemas import ResponseLine
from services.survey_api.surveys.cache import SurveyCache

log = structlog.get_logger(__name__)

NumberedLine = tuple[int, ResponseLine | Problem]

READ_AT_ONCE = 25
"""Lines that are read before others get their turn, such as the batch before, whose every answer of the database waits
for it: about a quarter of a millisecond."""


class PreparedLine(NamedTuple):
    """A line as it was read before the database is asked; plain ones are judged already."""

    line: Line
    read: ResponseLine | Problem | PlainResponse


class _Parted(NamedTuple):
    """A batch in two: its plain responses by the line's number, and the lines that go the ordinary way."""

    plain: dict[int, PlainResponse]
    others: list[NumberedLine]

    @property
    def readable(self) -> list[ResponseLine]:
        return [line for _, line in self.others if isinstance(line, ResponseLine)]


@dataclass
class ResponseImport:
    """Takes the batches of one upload."""

    sessions: Sessions
    catalogue: Catalogue
    surveys: SurveyCache
    is_dry_run: bool = False
    _expects_new: bool = field(default=True, init=False)

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

    async def take_batch(self, lines: Sequence[PreparedLine]) -> Results:
        """Store the batch's good lines and commit; one result a line, in order.

        Should the database refuse the batch, its lines are taken one by one, so that no line costs its neighbours.
        """
        try:
            results = await self._take_new(lines) if self._expects_new and len(lines) >= COPIED_MIN else None
            return results if results is not None else await self._take_together(lines)
        except SQLAlchemyError as error:
            log.warning("import batch failed, taking its lines one by one", kind=type(error).__name__)
        return [await self._take_alone(line) for line in lines]

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        async with self.sessions.session() as session, session.begin() as transaction:
            yield session
            if self.is_dry_run:
                await transaction.rollback()

    async def _take_new(self, lines: Sequence[PreparedLine]) -> Results | None:
        """Take the batch if all its responses are plain and new; None, and nothing is stored, if not."""
        at = now()
        try:
            async with self._transaction() as session:
                batch = await self._part(session, lines)
                refusals = await self._refusals(session, batch, at)
                await store_all(session, list(batch.plain.values()), at=at)
        except NotAllNewError:
            return None
        if not refusals:
            return all_created((number, response.id) for number, response in batch.plain.items())
        return [
            refusals[number] if number in refusals else accepted(number, "created", UUID(batch.plain[number].id))
            for number in (line.number for line, _ in lines)
        ]

    async def _take_together(self, lines: Sequence[PreparedLine]) -> list[LineResult]:
        at = now()
        async with self._transaction() as session:
            batch = await self._part(session, lines)
            judged = {line.number: line for line in await self._judge_others(session, batch, at)}
            judged |= {number: JudgedLine(number, response.judged()) for number, response in batch.plain.items()}
            results = await _store(session, batch.readable, [judged[line.number] for line, _ in lines], at)
        self._expects_new = all(result.status == "created" for result in results if result.line in batch.plain)
        return results

    async def _part(self, session: AsyncSession, lines: Sequence[PreparedLine]) -> _Parted:
        """Plain is what was judged by a survey that has not changed since."""
        used = {line.read.survey.code: line.read.survey for line in lines if isinstance(line.read, PlainResponse)}
        known = await self.surveys.find_all(session, used) if used else {}
        current = {code for code, definition in used.items() if known.get(code) is definition}
        batch = _Parted({}, [])
        for line, read in lines:
            if not isinstance(read, PlainResponse):
                batch.others.append((line.number, read))
            elif read.survey.code in current:
                batch.plain[line.number] = read
            else:
                batch.others.append((line.number, read_line(line)))
        return batch

    async def _judge_others(self, session: AsyncSession, batch: _Parted, at: datetime) -> list[JudgedLine]:
        if not batch.others:
            return []
        return await judge_all(session, self.catalogue, self.surveys, batch.others, batch.readable, at)

    async def _refusals(self, session: AsyncSession, batch: _Parted, at: datetime) -> dict[int, LineResult]:
        """The refusals among the batch, by line; raises :class:`NotAllNewError` where others are not plain."""
        is_plain = all(response.survey.kind is not SurveyKind.SMILEY for response in batch.plain.values())
        if not is_plain or any(line.device or line.source for line in batch.readable):
            raise NotAllNewError
        refusals: dict[int, LineResult] = {}
        for line in await self._judge_others(session, batch, at):
            if not isinstance(line.outcome, Problem):
                raise NotAllNewError
            refusals[line.number] = refused(line.number, line.outcome)
        return refusals

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
