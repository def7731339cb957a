"""Erasing the copies of comments whose feedback has been erased.

What has been erased is asked for, again and again, and never told: nothing can be lost on the way, so no outbox is
needed, and whatever fails is tried again with the next look.
"""

import contextlib
from collections.abc import AsyncIterator, Sequence

import httpx
import structlog
from fastapi import FastAPI

from services.shared.database import Sessions
from services.shared.recurring import recurring
from services.shared.settings import Settings
from services.survey_api.erasure import repository
from services.survey_api.erasure.feedback_client import ErasureClient
from services.survey_api.erasure.repository import Copy

log = structlog.get_logger(__name__)

BATCH = 100
"""Copies asked for at once: their ids are an address of 4 000 characters, which every proxy takes."""


async def erase_copies(sessions: Sessions, client: ErasureClient) -> int:
    """Erase the comments whose feedback has been erased; of how many responses."""
    number, after, is_more = 0, None, True
    while is_more:
        async with sessions.session() as session:
            copies = await repository.fetch_copies(session, after=after, limit=BATCH)
        if copies:
            number += await _erase_erased(sessions, client, copies)
            after = copies[-1].handover_id
        is_more = len(copies) == BATCH
    if number:
        log.info("copies_erased", responses=number)
    return number


async def _erase_erased(sessions: Sessions, client: ErasureClient, copies: Sequence[Copy]) -> int:
    erased = await client.erased_of([copy.feedback_id for copy in copies])
    keys = [copy.key for copy in copies if copy.feedback_id in erased]
    async with sessions.session() as session, session.begin():
        return await repository.erase_comments(session, keys)


@contextlib.asynccontextmanager
async def erasing_copies(app: FastAPI) -> AsyncIterator[None]:
    """Looks again and again while the context is open; without a key of the services nobody can be asked."""
    settings: Settings = app.state.settings
    if settings.service_key is None:
        yield
        return
    base_url, timeout = settings.feedback_base_url, settings.http_timeout_seconds
    async with httpx.AsyncClient(base_url=base_url, timeout=timeout) as http:
        client = ErasureClient(http, settings.service_key)

        async def look() -> None:
            await erase_copies(app.state.sessions, client)

        async with recurring("copies of erased feedback", look, seconds=settings.erasure_poll_seconds):
            yield
