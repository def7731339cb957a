"""The daily run of retention, where the settings ask for it."""

import contextlib
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI

from services.shared.clock import now
from services.shared.recurring import recurring
from services.survey_api.retention import service

LOOK_SECONDS = 900.0
"""How often it is looked whether the day's run is due."""


def daily_retention(app: FastAPI) -> AbstractAsyncContextManager[None]:
    """Looks whether the run is due while the context is open."""

    async def look() -> None:
        async with app.state.sessions.session() as session:
            catalogue = await app.state.catalogue.get(session)
        await service.run_if_due(app.state.sessions, catalogue, app.state.settings, at=now())

    if not app.state.settings.retention_daily:
        return contextlib.nullcontext()
    return recurring("retention", look, seconds=LOOK_SECONDS, at_once=True)
