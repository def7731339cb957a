"""Taking responses in streams: each batch judged in memory, written in a few statements, one transaction a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.ndjson import Line, LineResult, refused
from services.shared.problems import Problem
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
from services.survey_api.responses.schemas import ResponseLine
from services.survey_api.surveys.cache import SurveyCache

log = structlog.get_logger(__name__)

NumberedLine = tuple[int, ResponseLine | Problem]


@dataclass(frozen=True)
class ResponseImport:
    """Takes the batches of one upload."""

    sessions: Sessions
    catalogue: Catalogue
    surveys: SurveyCache
    is_dry_run: bool = False

    async def take_batch(self, lines: Sequence[Line]) -> list[LineResult]:
        """Store the batch's good lines and commit; one result a line, in order.

        Should the database refuse the batch, its lines are taken one by one, so that no line costs its neighbours.
        """
        read = [(line.number, read_line(line)) for line in lines]
        try:
            return await self._take_together(read)
        except SQLAlchemyError as error:
            log.warning("import batch failed, taking its lines one by one", kind=type(error).__name__)
        return [await self._take_alone(line) for line in read]

    async def _take_together(self, lines: Sequence[NumberedLine]) -> list[LineResult]:
        async with self.sessions.session() as session, session.begin() as transaction:
            results = await take_lines(session, self.catalogue, self.surveys, lines, at=now())
            if self.is_dry_run:
                await transaction.rollback()
            return results

    async def _take_alone(self, line: NumberedLine) -> LineResult:
        try:
            return (await self._take_together([line]))[0]
        except SQLAlchemyError as error:
            # Not the error's own text: it repeats the row.
            log.error("import line failed", line=line[0], kind=type(error).__name__)  # noqa: TRY400
            return refused(line[0], Problem("the service could not store this line; send it again"))


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
    judged = await judge_all(session, catalogue, surveys, lines, readable, at)
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
