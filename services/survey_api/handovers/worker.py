"""Delivering the outbox: retried until feedback_api has it, in several processes at once, exactly once in effect.

A hand-over is claimed in a short transaction that makes it due again only after a lease; no lock is held while
feedback_api is called. Wherever a process dies, the hand-over comes due again, and its Idempotency-Key makes a second
delivery the same feedback.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.http_client import RETRY_ATTEMPTS, RETRY_WAIT_MAX_SECONDS, RemoteRefusalError, RemoteServiceError
from services.shared.settings import Settings
from services.shared.tables import CommentHandover
from services.survey_api.handovers import repository
from services.survey_api.handovers.feedback_client import (
    PASSING_REFUSALS,
    CommentToHandle,
    CreatedFeedback,
    FeedbackClient,
)

log = structlog.get_logger(__name__)

BATCH = 20
"""Hand-overs on their way at once: enough to catch up quickly, few enough not to crowd feedback_api."""

UNREACHABLE = "unreachable"
"""What ``last_error`` says of a feedback_api that did not answer, or failed."""

Outcome = CreatedFeedback | Exception


@dataclass(frozen=True)
class HandoverWorker:
    """Delivers due hand-overs through ``client``; ``waiting`` is set when there is a new one."""

    sessions: Sessions
    client: FeedbackClient
    settings: Settings
    waiting: asyncio.Event

    async def run(self) -> None:
        """Deliver for ever; a failure is logged and tried again."""
        while True:
            self.waiting.clear()
            try:
                is_more_due = await self.deliver_due() == BATCH
            except Exception as error:  # noqa: BLE001 (whatever it was, the outbox must not stop)
                log.warning("handover round failed", kind=type(error).__name__)
                is_more_due = False
            if not is_more_due:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.waiting.wait(), self.settings.handover_poll_seconds)

    async def deliver_due(self) -> int:
        """Try up to :data:`BATCH` hand-overs that are due now; how many were tried."""
        async with self.sessions.session() as session, session.begin():
            claimed = await repository.claim_due(session, at=now(), until=now() + self._lease, limit=BATCH)
        if not claimed:
            return 0
        outcomes = await asyncio.gather(*(self._deliver(handover) for handover in claimed))
        async with self.sessions.session() as session, session.begin():
            await self._record(session, claimed, outcomes)
        return len(claimed)

    async def _deliver(self, handover: CommentHandover) -> Outcome:
        try:
            comment = CommentToHandle.model_validate(handover.payload)
            return await self.client.create_feedback(comment, handover_id=handover.id)
        except Exception as error:  # noqa: BLE001 (whatever is wrong with one must not hold up the others)
            return error

    async def _record(
        self, session: AsyncSession, handovers: Sequence[CommentHandover], outcomes: Sequence[Outcome]
    ) -> None:
        for handover, outcome in zip(handovers, outcomes, strict=True):
            if isinstance(outcome, CreatedFeedback):
                await repository.mark_delivered(session, handover.id, feedback_id=outcome.id, at=now())
            elif isinstance(outcome, RemoteRefusalError) and outcome.status not in PASSING_REFUSALS:
                await repository.mark_parked(session, handover.id, error=_named(outcome), at=now())
                log.error("handover parked", handover=str(handover.id), error=_named(outcome))
            else:
                wait = retry_wait(handover.attempts, self.settings)
                await repository.mark_failed(session, handover.id, error=_named(outcome), next_attempt_at=now() + wait)
                log.warning("handover failed", handover=str(handover.id), error=_named(outcome))

    @property
    def _lease(self) -> timedelta:
        # Longer than the longest call, so that a hand-over comes due again only if its process has died.
        longest = RETRY_ATTEMPTS * (self.settings.http_timeout_seconds + RETRY_WAIT_MAX_SECONDS)
        return timedelta(seconds=longest + self.settings.handover_poll_seconds)


def retry_wait(attempts: int, settings: Settings) -> timedelta:
    """How long to wait after the ``attempts``-th try: the poll interval, doubled each time up to the setting."""
    doublings = min(attempts - 1, 32)
    seconds = settings.handover_poll_seconds * 2**doublings
    return timedelta(seconds=min(seconds, settings.handover_retry_max_seconds))


def _named(error: Exception) -> str:
    # Never the error's own text, which may repeat the comment.
    if isinstance(error, RemoteRefusalError):
        return f"{error.status} {error.code or ''}".rstrip()
    return UNREACHABLE if isinstance(error, RemoteServiceError) else type(error).__name__


@contextlib.asynccontextmanager
async def running_worker(sessions: Sessions, settings: Settings, waiting: asyncio.Event) -> AsyncIterator[None]:
    """The worker, working while the context is open."""
    async with httpx.AsyncClient(base_url=settings.feedback_base_url, timeout=settings.http_timeout_seconds) as http:
        worker = HandoverWorker(sessions, FeedbackClient(http, settings.service_key), settings, waiting)
        task = asyncio.create_task(worker.run(), name="comment handovers")
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
