"""Responses that arrive together are committed together: what waits while one transaction runs goes into the next.

Nothing waits for company: with one request at a time each has its own transaction, and under load a commit's cost is
shared by all that came meanwhile. Each is answered after the commit that holds it.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError

from services.shared.catalogue import Catalogue
from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.problems import Problem, UnavailableProblem
from services.survey_api.responses import group_repository, service
from services.survey_api.responses.schemas import ResponseCreate
from services.survey_api.responses.submission import JudgedResponse, ResponseKey
from services.survey_api.surveys.cache import SurveyCache
from services.survey_api.surveys.origins import refuse_unless_listed

RETRY_SECONDS = 1
"""What a refused client is told to wait: by then a queue of any allowed length is written."""

GROUPED_FIELDS = frozenset(
    {"version", "service_point", "collection_mode", "language", "interaction_id", "answers", "id", "given_at"}
)
"""A response of these fields is stored and counted, and needs nothing besides. Others are taken each by itself."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A response that waits for its commit, given ``at`` if it does not say when, by a page of ``origin``."""

    code: str
    body: ResponseCreate
    catalogue: Catalogue
    origin: str | None
    at: datetime = field(default_factory=now)
    committed: "asyncio.Future[ResponseKey | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def answer(self, key: ResponseKey | None) -> None:
        """Tell the request that waits, unless its client has gone."""
        if not self.committed.done():
            self.committed.set_result(key)

    def fail(self, problem: Problem) -> None:
        """Refuse the request that waits, unless its client has gone."""
        if not self.committed.done():
            self.committed.set_exception(problem)


class GroupCommit:
    """The queue of one process and the writer that empties it, which runs while there is something to write."""

    def __init__(self, surveys: SurveyCache, *, waiting_max: int, batch_max: int) -> None:
        self._surveys = surveys
        self._waiting_max = waiting_max
        self._batch_max = batch_max
        self._waiting: deque[Arrival] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def take(self, sessions: Sessions, arrival: Arrival) -> ResponseKey | None:
        """The response's key, once it is committed. None where it must be taken by itself, and nothing was stored.

        Raises :class:`UnavailableProblem` where too many wait, or the database was lost in the commit.
        """
        if len(self._waiting) >= self._waiting_max:
            raise UnavailableProblem(
                f"{len(self._waiting)} responses wait to be stored; send it again after Retry-After seconds",
                headers={"Retry-After": str(RETRY_SECONDS)},
            )
        self._waiting.append(arrival)
        if self._writer is None or self._writer.done():
            # A context of its own: the writer outlives the request that wakes it.
            self._writer = asyncio.get_running_loop().create_task(self._write_waiting(sessions), context=Context())
        return await arrival.committed

    async def _write_waiting(self, sessions: Sessions) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._batch_max))]
            await self._write(sessions, batch)

    async def _write(self, sessions: Sessions, batch: Sequence[Arrival]) -> None:
        judged = [self._judge(arrival) for arrival in batch]
        # Of several with one id the first is stored; the others are compared with it, each by itself.
        first: dict[ResponseKey, JudgedResponse] = {}
        for response in judged:
            if response is not None:
                first.setdefault(response.key, response)
        try:
            created = await self._store(sessions, first)
        except UnavailableProblem as problem:
            for arrival in batch:
                arrival.fail(problem)
            return
        kept = {id(response): key for key, response in first.items() if key in created}
        for arrival, response in zip(batch, judged, strict=True):
            arrival.answer(kept.get(id(response)))

    def _judge(self, arrival: Arrival) -> JudgedResponse | None:
        """The response, ready to be stored; None where it must be taken by itself: refused, or found to be a repeat."""
        survey = self._surveys.known(arrival.code)
        if survey is None:
            return None
        try:
            refuse_unless_listed(arrival.origin, survey.allowed_origins)
            return service.judge_plain(survey, arrival.catalogue, arrival.body, at=arrival.at)
        except Exception:  # noqa: BLE001 (taken by itself it fails by itself, and says why)
            return None

    async def _store(self, sessions: Sessions, responses: Mapping[ResponseKey, JudgedResponse]) -> set[ResponseKey]:
        try:
            async with sessions.autocommitting() as session, session.begin():
                return await group_repository.store(session, responses)
        except Exception as error:
            log.warning("responses were not stored together", count=len(responses), kind=type(error).__name__)
            if _is_refusal(error):
                # Because of one of them: each by itself is stored, or refused for its own reason.
                return set()
            raise UnavailableProblem(
                "the database was lost while the response was stored; send it again, with the same id if it had one",
                headers={"Retry-After": str(RETRY_SECONDS)},
            ) from error


def _is_refusal(error: Exception) -> bool:
    """Whether the database refused the statement, so that nothing was stored, rather than being lost over it."""
    if not isinstance(error, DBAPIError) or error.connection_invalidated:
        return False
    return getattr(error.orig, "sqlstate", None) is not None


def is_grouped(body: ResponseCreate) -> bool:
    """Whether the response needs nothing but being stored and counted."""
    return body.model_fields_set <= GROUPED_FIELDS
