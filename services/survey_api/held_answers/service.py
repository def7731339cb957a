"""Counting held answers once their device has a place or their point is mapped: the same ids, so once only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.ndjson import LineResult
from services.shared.pagination import Cursor
from services.shared.settings import get_settings
from services.shared.tables.devices import HeldKind
from services.survey_api.held_answers import repository
from services.survey_api.held_answers.repository import Releasable
from services.survey_api.hourly_counts.schemas import CountsLine
from services.survey_api.hourly_counts.service import take_lines as take_counts
from services.survey_api.responses.imports import take_lines
from services.survey_api.responses.schemas import ResponseLine
from services.survey_api.surveys.cache import SurveyCache

_BEGINNING = Cursor(datetime.fromtimestamp(0, UTC), UUID(int=0))


@dataclass
class Released:
    """What became of the held lines that could be counted."""

    counted: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Release:
    """Counts held lines batch by batch, each in a transaction of its own; stopped in between, it goes on next time."""

    sessions: Sessions
    catalogue: Catalogue
    surveys: SurveyCache

    async def run(self, *, keys: Sequence[str] | None = None, tries_again: bool = False) -> Released:
        """Count what waits (for one of the keys) and can be counted; once refused, only if ``tries_again``."""
        released, after = Released(), _BEGINNING
        while True:
            async with self.sessions.session() as session, session.begin():
                rows = await repository.fetch_releasable(
                    session,
                    keys=keys,
                    tries_again=tries_again,
                    after=after,
                    limit=get_settings().import_batch_lines,
                )
                await self._take(session, rows, released)
            if not rows:
                return released
            after = Cursor(rows[-1].received_at, rows[-1].id)

    async def _take(self, session: AsyncSession, rows: Sequence[Releasable], released: Released) -> None:
        if not rows:
            return
        results = await self._results(session, rows)
        counted = []
        for row in rows:
            result = results[row.id]
            if result.status in {"created", "unchanged", "updated"}:
                counted.append(row.id)
            elif result.status == "refused":
                await repository.note_problem(session, row.id, _problem(result))
                released.refused += 1
        await repository.delete(session, counted)
        released.counted += len(counted)

    async def _results(self, session: AsyncSession, rows: Sequence[Releasable]) -> dict[UUID, LineResult]:
        responses = [row for row in rows if row.kind is HeldKind.RESPONSE]
        counts = [row for row in rows if row.kind is HeldKind.COUNTS]
        results: list[LineResult] = []
        if responses:
            lines = list(enumerate(ResponseLine.model_validate(row.line, strict=False) for row in responses))
            results += await take_lines(session, self.catalogue, self.surveys, lines, at=now())
        if counts:
            hours = list(enumerate(CountsLine.model_validate(row.line, strict=False) for row in counts))
            results += await take_counts(session, self.catalogue, self.surveys, hours, at=now())
        return {row.id: result for row, result in zip([*responses, *counts], results, strict=True)}


def _problem(result: LineResult) -> dict[str, object]:
    return {"code": result.code, "detail": result.detail}
