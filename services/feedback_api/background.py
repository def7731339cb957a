"""What feedback_api does besides answering: letters, retention, and forgetting what was only for a while."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta

import structlog
from fastapi import FastAPI

from services.feedback_api.attachments import service as attachments
from services.feedback_api.attachments.storage import storage_of
from services.feedback_api.mail import worker
from services.feedback_api.mail.smtp import server_of
from services.feedback_api.retention import service as retention
from services.feedback_api.spam.repository import forget_challenges, forget_fingerprints
from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.recurring import recurring
from services.shared.settings import Settings

QUARTER_HOUR = 900.0
HOUR = 3600.0
DAY = 24 * HOUR

log = structlog.get_logger(__name__)


@asynccontextmanager
async def background(app: FastAPI) -> AsyncIterator[None]:
    """Runs while the app does; afterwards what requests have opened is closed."""
    async with AsyncExitStack() as running:
        for work in _Work(app).all():
            await running.enter_async_context(work)
        yield
    counters = getattr(app.state, "counters", None)
    if counters is not None:
        await counters.close()


class _Work:
    """The recurring work of one app."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._settings: Settings = app.state.settings
        self._sessions: Sessions = app.state.sessions

    def all(self) -> Iterator[AbstractAsyncContextManager[None]]:
        """What the settings ask for."""
        yield recurring("fingerprints and challenges", self._forget_signs, seconds=HOUR)
        yield recurring("old letters", self._forget_letters, seconds=HOUR)
        yield recurring("attachments", self._sweep_attachments, seconds=DAY, at_once=True)
        if self._settings.smtp_url is not None:
            server_of(self._settings)  # what cannot work is said at the start, not letter by letter
            yield recurring("letters", self._send_letters, seconds=self._settings.mail_poll_seconds, at_once=True)
        if self._settings.retention_daily:
            yield recurring("retention", self._run_retention, seconds=QUARTER_HOUR, at_once=True)

    async def _forget_signs(self) -> None:
        before = now() - timedelta(minutes=self._settings.duplicate_window_minutes)
        async with self._sessions.session() as session, session.begin():
            await forget_fingerprints(session, before=before)
            await forget_challenges(session, at=now())

    async def _forget_letters(self) -> None:
        await worker.forget(self._sessions, self._settings, at=now())

    async def _send_letters(self) -> None:
        while await worker.send_due(self._sessions, self._settings) == worker.BATCH:
            pass

    async def _sweep_attachments(self) -> None:
        storage = storage_of(self._app)
        if storage is None:
            return
        async with self._sessions.session() as session:
            swept = await attachments.sweep(session, storage, at=now())
        log.info("attachments_swept", files=swept)

    async def _run_retention(self) -> None:
        async with self._sessions.session() as session:
            catalogue = await self._app.state.catalogue.get(session)
        storage = storage_of(self._app)
        await retention.run_if_due(self._sessions, storage, catalogue, self._settings, at=now())
