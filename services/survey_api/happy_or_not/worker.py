"""Pulls in the background of survey_api: looked for every few seconds, and at once when one was asked for."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from fastapi import FastAPI

from services.shared.settings import Settings
from services.survey_api.happy_or_not.pulling import Puller

log = structlog.get_logger(__name__)


def puller_of(app: FastAPI) -> Puller:
    """The app's puller."""
    return Puller(app.state.sessions, app.state.catalogue, app.state.surveys, app.state.settings)


async def wake(app: FastAPI) -> None:
    """Let the worker look for a pull at once. Runs after an answer was sent, and so after its commit."""
    event: asyncio.Event = app.state.pull_waiting
    event.set()


@contextlib.asynccontextmanager
async def pulling(app: FastAPI) -> AsyncIterator[None]:
    """Runs pulls while the context is open; one under way is stopped, and repeated by the next."""
    settings: Settings = app.state.settings
    event: asyncio.Event = app.state.pull_waiting

    async def run() -> None:
        while True:
            event.clear()
            try:
                is_more_likely = await puller_of(app).run_next()
            except Exception as error:  # noqa: BLE001 (whatever it was, the next look tries again)
                log.warning("pull_interrupted", kind=type(error).__name__)
                is_more_likely = False
            if not is_more_likely:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(event.wait(), settings.happy_or_not_poll_seconds)

    task = asyncio.create_task(run(), name="happy or not")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
