"""Taking hourly counts in streams, one transaction a batch."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.shared.catalogue import Catalogue
from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.ndjson import Line, LineResult, read_as, refused
from services.shared.problems import Problem
from services.survey_api.hourly_counts.schemas import CountsLine
from services.survey_api.hourly_counts.service import NumberedLine, take_lines
from services.survey_api.surveys.cache import SurveyCache

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class CountsImport:
    """Takes the batches of one upload."""

    sessions: Sessions
    catalogue: Catalogue
    surveys: SurveyCache
    is_dry_run: bool = False

    async def take_batch(self, lines: Sequence[Line]) -> list[LineResult]:
        """Store the batch's good lines and commit; should the database refuse it, its lines are taken one by one."""
        read: list[NumberedLine] = [(line.number, read_as(CountsLine, line)) for line in lines]
        try:
            return await self._take_together(read)
        except SQLAlchemyError as error:
            log.warning("counts batch failed, taking its lines one by one", kind=type(error).__name__)
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
            log.error("counts line failed", line=line[0], kind=type(error).__name__)  # noqa: TRY400 (no answers in logs)
            return refused(line[0], Problem("the service could not store this line; send it again"))
