"""survey_api: ``services.survey_api.main:app`` for Uvicorn."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.shared.application import create_app
from services.shared.recurring import recurring
from services.shared.tables.access import Service
from services.survey_api.comments.endpoints import router as comments
from services.survey_api.cors import SurveyCorsMiddleware
from services.survey_api.devices.endpoints import router as devices
from services.survey_api.erasure.worker import erasing_copies
from services.survey_api.handovers.endpoints import router as handovers
from services.survey_api.handovers.worker import running_worker
from services.survey_api.happy_or_not.endpoints import router as happy_or_not
from services.survey_api.happy_or_not.worker import pulling
from services.survey_api.held_answers.endpoints import router as held_answers
from services.survey_api.held_answers.service import Release
from services.survey_api.hourly_counts.endpoints import COUNTS_PATH
from services.survey_api.hourly_counts.endpoints import router as hourly_counts
from services.survey_api.invitations.endpoints import router as invitations
from services.survey_api.metrics import look_up
from services.survey_api.misuse.endpoints import router as misuse
from services.survey_api.parameters import PARAMETERS
from services.survey_api.responses.answer_changes import forgetting_changes
from services.survey_api.responses.endpoints import IMPORT_PATH, answering
from services.survey_api.responses.endpoints import router as responses
from services.survey_api.responses.group_commit import response_groups
from services.survey_api.retention.endpoints import router as retention
from services.survey_api.retention.worker import daily_retention
from services.survey_api.source_points.endpoints import router as source_points
from services.survey_api.statements.endpoints import router as statements
from services.survey_api.surveys.cache import SurveyCache
from services.survey_api.surveys.endpoints import router as surveys
from services.survey_api.widget.endpoints import router as widget


@asynccontextmanager
async def _deliver_handovers(app: FastAPI) -> AsyncIterator[None]:
    async with running_worker(app.state.sessions, app.state.settings, app.state.handovers_waiting):
        yield


async def _release_held(app: FastAPI) -> None:
    async with app.state.sessions.session() as session:
        catalogue = await app.state.catalogue.get(session)
    await Release(app.state.sessions, catalogue, app.state.surveys).run()


@asynccontextmanager
async def _run_workers(app: FastAPI) -> AsyncIterator[None]:
    settings = app.state.settings
    seconds = settings.held_release_seconds
    releasing = recurring("held answers", lambda: _release_held(app), seconds=seconds, at_once=True)
    forgetting = forgetting_changes(app.state.sessions, days=settings.answer_changes_days)
    async with _deliver_handovers(app), releasing, forgetting, pulling(app), erasing_copies(app), daily_retention(app):
        yield


def create() -> FastAPI:
    """A new survey_api app."""
    app = create_app(
        service=Service.SURVEY_API,
        title="Katsaus survey API",
        description="Surveys, and the answers given in chats, on the web and at smiley devices. Answers are public to "
        "give and counted as they come; definitions are versioned, so figures stay comparable.",
        tags={
            "surveys": "Definitions and their versions.",
            "responses": "Answers, one by one or in streams.",
            "comments": "What respondents wrote, and what of it a person releases.",
            "widget": "Surveys on pages of the city.",
            "devices": "Smiley devices, points of other systems, and what is held until they are known.",
            "connectors": "Answers fetched from other systems.",
            "handovers": "Comments on their way to become feedback.",
            "retention": "How long comments are kept, and the runs that erase the rest.",
            "statements": "Recounts from raw rows, to check figures against.",
            "health": "Is the service alive, and ready?",
        },
        parameters=PARAMETERS,
        routers=[
            answering,  # first: what is asked most is found soonest
            surveys,
            invitations,
            responses,
            comments,
            hourly_counts,
            widget,
            devices,
            source_points,
            held_answers,
            misuse,
            happy_or_not,
            handovers,
            retention,
            statements,
        ],
        stream_paths=frozenset({IMPORT_PATH, COUNTS_PATH}),
        lifespan=_run_workers,
        look_up=look_up,
    )
    # Outermost: also what the service's own middleware answers can be read by the widget.
    app.add_middleware(SurveyCorsMiddleware)
    surveys_read = SurveyCache()
    app.state.surveys = surveys_read
    settings = app.state.settings
    app.state.response_groups = response_groups(
        surveys_read,
        waiting_max=settings.response_queue_max,
        group_max=settings.response_batch_max,
        metrics=app.state.metrics,
    )
    app.state.handovers_waiting = asyncio.Event()
    app.state.pull_waiting = asyncio.Event()
    return app


app = create()
