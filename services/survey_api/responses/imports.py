"""Taking responses in streams: each batch judged in memory, written in a few statements, one transaction a batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson
import structlog
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.ndjson import Line, LineResult, accepted, refused
from services.shared.problems import (
    BadRequestProblem,
    InvalidRequestProblem,
    PayloadTooLargeProblem,
    Problem,
    invalid_params_of,
)
from services.survey_api.responses import repository
from services.survey_api.responses.schemas import ResponseLine
from services.survey_api.responses.service import conflict, store
from services.survey_api.responses.submission import (
    JudgedResponse,
    ResponseKey,
    hash_content,
    judge,
    service_point_of,
    without_personal_data,
)
from services.survey_api.surveys.cache import SurveyCache
from services.survey_api.surveys.definitions import SurveyDefinition
from services.survey_api.surveys.errors import SurveyNotFoundProblem

log = structlog.get_logger(__name__)


class JudgedLine(NamedTuple):
    """A line's number and what became of its reading: a response ready to be stored, or why it is refused."""

    number: int
    outcome: JudgedResponse | Problem


@dataclass(frozen=True)
class ResponseImport:
    """Takes the batches of one upload."""

    sessions: Sessions
    catalogue: Catalogue
    surveys: SurveyCache

    async def take_batch(self, lines: Sequence[Line]) -> list[LineResult]:
        """Store the batch's good lines and commit; one result a line, in order.

        Should the database refuse the batch, its lines are taken one by one, so that no line costs its neighbours.
        """
        try:
            return await self._take_together(lines)
        except SQLAlchemyError as error:
            log.warning("import batch failed, taking its lines one by one", kind=type(error).__name__)
        return [await self._take_alone(line) for line in lines]

    async def _take_together(self, lines: Sequence[Line]) -> list[LineResult]:
        async with self.sessions.session() as session, session.begin():
            judged = await self._judge_all(session, lines)
            return await _store_all(session, judged)

    async def _take_alone(self, line: Line) -> LineResult:
        try:
            return (await self._take_together([line]))[0]
        except SQLAlchemyError as error:
            # Not the error's own text: it repeats the row.
            log.error("import line failed", line=line.number, kind=type(error).__name__)  # noqa: TRY400
            return refused(line.number, Problem("the service could not store this line; send it again"))

    async def _judge_all(self, session: AsyncSession, lines: Sequence[Line]) -> list[JudgedLine]:
        read = [(line.number, _read(line)) for line in lines]
        codes = {outcome.survey for _, outcome in read if isinstance(outcome, ResponseLine)}
        surveys = await self.surveys.find_all(session, codes) if codes else {}
        return [JudgedLine(number, _judge(outcome, surveys, self.catalogue)) for number, outcome in read]


def _read(line: Line) -> ResponseLine | Problem:
    if line.content is None:
        return PayloadTooLargeProblem("the line is over the limit of an import's lines; shorten its texts")
    try:
        # Not by Pydantic's own JSON reader: orjson also refuses what JSON does not have, such as NaN.
        return ResponseLine.model_validate(orjson.loads(line.content), strict=False)
    except orjson.JSONDecodeError:
        return BadRequestProblem("the line is not valid JSON in UTF-8; check quotes, commas and brackets")
    except ValidationError as error:
        params = invalid_params_of(error.errors(include_url=False, include_input=False))
        return InvalidRequestProblem(
            "; ".join(f"{param.name}: {param.reason}" for param in params), invalid_params=params
        )


def _judge(
    line: ResponseLine | Problem, surveys: Mapping[str, SurveyDefinition], catalogue: Catalogue
) -> JudgedResponse | Problem:
    if isinstance(line, Problem):
        return line
    survey = surveys.get(line.survey)
    if survey is None:
        return SurveyNotFoundProblem(f"there is no survey {line.survey!r}; GET /v1/surveys lists them")
    line = without_personal_data(survey, line)
    try:
        service_point = service_point_of(survey, catalogue, line, line.given_at)
        content_hash = hash_content(survey, line, service_point=service_point, given_at=line.given_at)
        key = ResponseKey(service_point, line.id)
        return judge(survey, line, key=key, given_at=line.given_at, content_hash=content_hash)
    except Problem as problem:
        return problem


async def _store_all(session: AsyncSession, lines: Sequence[JudgedLine]) -> list[LineResult]:
    responses = _first_of_each_key(line.outcome for line in lines if isinstance(line.outcome, JudgedResponse))
    created = await store(session, list(responses.values()), at=now()) if responses else set()
    stored = {key: response.content_hash for key, response in responses.items() if key in created}
    stored |= await repository.fetch_content_hashes(session, [key for key in responses if key not in created])
    return [_result(line, created, stored) for line in lines]


def _first_of_each_key(responses: Iterable[JudgedResponse]) -> dict[ResponseKey, JudgedResponse]:
    first: dict[ResponseKey, JudgedResponse] = {}
    for response in responses:
        first.setdefault(response.key, response)
    return first


def _result(line: JudgedLine, created: set[ResponseKey], stored: Mapping[ResponseKey, str]) -> LineResult:
    outcome = line.outcome
    if isinstance(outcome, Problem):
        return refused(line.number, outcome)
    key = outcome.key
    if stored[key] != outcome.content_hash:
        return refused(line.number, conflict(key))
    if key in created:
        # Only the first line of the key is the one that was created.
        created.discard(key)
        return accepted(line.number, "created", key.id)
    return accepted(line.number, "unchanged", key.id)
