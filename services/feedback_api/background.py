"""What feedback_api does besides answering: letters, retention, forgetting what was only for a while."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI

from services.feedback_api.attachments.storage import storage_of
from services.feedback_api.feedback import fingerprints
from services.feedback_api.mail import worker
from services.feedback_api.mail.smtp import server_of
from services.feedback_api.retention import service as retention
from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.recurring import recurring
from services.shared.settings import Settings

HOUR = 3600.0


@asynccontextmanager
async def background(app: FastAPI) -> AsyncIterator[None]:
    """Runs while the app does; afterwards what requests have opened is closed."""
    settings: Settings = app.state.settings
    sessions: Sessions = app.state.sessions

    async def forget_fingerprints() -> None:
        async with sessions.session() as session, session.begin():
            before = now() - timedelta(minutes=settings.duplicate_window_minutes)
            await fingerprints.forget(session, before=before)

    async def send_letters() -> None:
        while await worker.send_due(sessions, settings) == worker.BATCH:
            pass

    async def forget_letters() -> None:
        await worker.forget(sessions, settings, at=now())

    async def run_retention() -> None:
        async with sessions.session() as session:
            catalogue = await app.state.catalogue.get(session)
        await retention.run_if_due(sessions, storage_of(app), catalogue, settings, at=now())

    async with AsyncExitStack() as running:
        await running.enter_async_context(recurring("fingerprints", forget_fingerprints, seconds=HOUR))
        await running.enter_async_context(recurring("old letters", forget_letters, seconds=HOUR))
        if settings.smtp_url is not None:
            server_of(settings)  # what cannot work is said at the start, not letter by letter
            await running.enter_async_context(
                recurring("letters", send_letters, seconds=settings.mail_poll_seconds, at_once=True)
            )
        if settings.retention_daily:
            await running.enter_async_context(recurring("retention", run_retention, seconds=HOUR / 4, at_once=True))
        yield
    counters = getattr(app.state, "counters", None)
    if counters is not None:
        await counters.close()
