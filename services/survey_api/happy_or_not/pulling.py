"""Running pulls, one at a time in all processes: read, keep, count, and go on from where the last one came to."""

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import CatalogueCache
from services.shared.clock import local_day, midnight, now
from services.shared.database import Sessions
from services.shared.settings import Settings
from services.shared.tables import HappyOrNotPull
from services.shared.tables.happy_or_not import Generation, PullKind, PullState
from services.survey_api.happy_or_not import pulls, staging
from services.survey_api.happy_or_not.client_v1 import ClientV1, v1_http
from services.survey_api.happy_or_not.client_v2 import ClientV2, v2_http
from services.survey_api.happy_or_not.reading_v1 import ReadingV1
from services.survey_api.happy_or_not.reading_v2 import ReadingV2
from services.survey_api.happy_or_not.service import configured_generations
from services.survey_api.happy_or_not.taking import Taking
from services.survey_api.happy_or_not.vendor_errors import VendorError, VendorTokenError
from services.survey_api.happy_or_not.vendor_http import VendorHttp
from services.survey_api.happy_or_not.windows import DAY, Window, due_window, split
from services.survey_api.surveys.cache import SurveyCache

log = structlog.get_logger(__name__)

SCHEDULE = "schedule"
"""Who has asked for a pull that nobody asked for."""

ReadWindow = Callable[[Window], Awaitable[None]]


@dataclass(frozen=True)
class Puller:
    """Runs pulls of one process."""

    sessions: Sessions
    catalogue: CatalogueCache
    surveys: SurveyCache
    settings: Settings

    async def run_next(self) -> bool:
        """Run the pull that is queued or due; False where there is none, or another process is pulling."""
        async with pulls.one_at_a_time(self.sessions) as may_pull:
            if not may_pull:
                return False
            async with self.sessions.session() as session, session.begin():
                await self._enqueue_if_due(session, now())
                pull = await pulls.start_next(session, at=now())
            if pull is None:
                return False
            await self._run(pull)
            return True

    async def _enqueue_if_due(self, session: AsyncSession, at: datetime) -> None:
        minutes = self.settings.happy_or_not_pull_minutes
        if minutes is None or not configured_generations(self.settings):
            return
        last = await pulls.fetch_last_read(session)
        if last is not None and (
            last.state in {PullState.QUEUED, PullState.RUNNING}
            # A token that was refused is refused again; a person renews it and pulls once by hand.
            or last.failure_code == VendorTokenError.code
            or last.requested_at > at - timedelta(minutes=minutes)
        ):
            return
        await pulls.enqueue(session, PullKind.READ, requested_by=SCHEDULE, at=at)

    async def _run(self, pull: HappyOrNotPull) -> None:
        log.info("pull_started", pull=str(pull.id), kind=pull.kind)
        async with self.sessions.session() as session:
            catalogue = await self.catalogue.get(session)
        counts = Counter[str]()
        taking = Taking(self.sessions, catalogue, self.surveys, self.settings, counts)
        failure: tuple[str, str] | None = None
        if pull.requested_by != SCHEDULE:
            # Somebody may have mended what made things wait.
            async with self.sessions.session() as session, session.begin():
                await staging.look_at_all_again(session)
        try:
            if pull.kind == PullKind.READ:
                await _Run(self.sessions, self.settings, pull, taking, counts).read()
        except VendorError as error:
            failure = (error.code, str(error))
            log.error("pull_failed", pull=str(pull.id), code=error.code, detail=str(error))  # noqa: TRY400 (its words tell all)
        # Also what a failed pull has read: a text that is still to come is added later.
        await taking.take_all()
        await self._forget_taken(now())
        async with self.sessions.session() as session, session.begin():
            await pulls.finish(session, pull.id, at=now(), counts=dict(counts), failure=failure)
        log.info("pull_ended", pull=str(pull.id), **counts)

    async def _forget_taken(self, at: datetime) -> None:
        async with self.sessions.session() as session, session.begin():
            cursor = await pulls.fetch_cursor(session, Generation.V2)
            if cursor is not None:
                reread = timedelta(days=self.settings.happy_or_not_reread_days)
                await staging.forget_taken(session, before=midnight(min(cursor, local_day(at)) - reread - DAY))


@dataclass(frozen=True)
class _Run:
    """The reading of one pull."""

    sessions: Sessions
    settings: Settings
    pull: HappyOrNotPull
    taking: Taking
    counts: Counter[str] = field(default_factory=Counter)

    async def read(self) -> None:
        """Read what the pull asks for, span by span; each span is counted before the next is read."""
        generations = configured_generations(self.settings)
        async with contextlib.AsyncExitStack() as stack:
            if Generation.V2 in generations and self.settings.happy_or_not_token is not None:
                http = await stack.enter_async_context(v2_http(self.settings, self.settings.happy_or_not_token))
                client = ClientV2(VendorHttp(http, self.settings), self.settings)
                v2 = ReadingV2(self.sessions, client, self.settings, self.counts, self._note_progress)
                await v2.read_lists(at=now())
                await self._read_spans(Generation.V2, v2.read_window)
            if Generation.V1 in generations:
                await self._read_v1(stack)

    async def _read_v1(self, stack: contextlib.AsyncExitStack) -> None:
        client_id, token = self.settings.happy_or_not_v1_client_id, self.settings.happy_or_not_v1_token
        assert client_id is not None  # noqa: S101 (configured)
        assert token is not None  # noqa: S101 (configured)
        http = await stack.enter_async_context(v1_http(self.settings, client_id, token))
        v1 = ReadingV1(self.sessions, ClientV1(VendorHttp(http, self.settings)), self.settings, self.counts)
        surveys = await v1.read_lists(at=now())
        await self._read_spans(Generation.V1, lambda window: v1.read_window(window, surveys))

    async def _read_spans(self, generation: Generation, read_window: ReadWindow) -> None:
        today = local_day(now())
        async with self.sessions.session() as session:
            cursor = await pulls.fetch_cursor(session, generation)
        for window in split(self._window(cursor, today), self.settings.happy_or_not_window_days):
            await read_window(window)
            await self.taking.take_all()
            self.counts["spans"] += 1
            read_until = min(window.end, today)
            async with self.sessions.session() as session, session.begin():
                if self.pull.from_day is None or (cursor is not None and window.start <= cursor):
                    await pulls.move_cursor(session, generation, read_until)
                await pulls.note_progress(session, self.pull.id, dict(self.counts), read_until)

    def _window(self, cursor: date | None, today: date) -> Window:
        if self.pull.from_day is None:
            return due_window(cursor, today, self.settings)
        return Window(self.pull.from_day, self.pull.until_day or today + DAY)

    async def _note_progress(self) -> None:
        async with self.sessions.session() as session, session.begin():
            await pulls.note_progress(session, self.pull.id, dict(self.counts), None)
