"""An edition of a small city, drafted, signed off and published by the API, and who reads it."""

from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.editions.live import LiveFigures
from services.reporting_api.editions.schemas import EditionDraft
from services.reporting_api.editions.service import EditionService
from services.shared.clock import now
from services.shared.identifiers import new_uuid
from services.shared.scopes import Scope
from services.shared.security import Principal
from tests.conftest import add_key, client_of
from tests.reporting_api.factories import (
    IN_LAST_YEAR,
    IN_PREVIOUS,
    MIDDLE_OF_QUARTER,
    add_answers,
    add_contacts,
    add_feedback,
    add_initiative,
    add_meeting,
    add_panel,
    add_presses,
    add_proposal,
    add_responses,
    add_social_reports,
    add_survey,
)

SATISFACTION = {"satisfaction": {"kind": "scale", "purpose": "satisfaction", "scale_steps": 101}}


@pytest.fixture
async def city(session: AsyncSession) -> None:
    for type_code, topic in (
        [("complaint", "home_care")] * 30 + [("question", None)] * 5 + [("accessibility", "apotti")] * 6
    ):
        await add_feedback(session, type_code=type_code, topic_code=topic, handled_days=2, themes=["covid_vaccination"])
    await add_feedback(session, state="transferred_out")
    for _ in range(6):
        await add_feedback(session, received_at=MIDDLE_OF_QUARTER.replace(year=2018))
    await add_contacts(session, "family_and_social", 9, "self_determination")
    await add_contacts(session, "family_and_social", 8, on=IN_LAST_YEAR)
    await add_survey(session, "chat", "chat", SATISFACTION)
    await add_responses(session, "chat", 40)
    await add_answers(session, "chat", "satisfaction", {60: 20, 80: 20})
    await add_answers(session, "chat", "satisfaction", {20: 20, 30: 20}, on=IN_PREVIOUS)
    await add_survey(session, "mood", "smiley", {"mood": {"kind": "smiley_4"}})
    await add_presses(session, "mood", "kallio-health-station", {0: 6, 1: 7, 2: 8, 3: 1020})
    await add_survey(session, "survey", "questionnaire", {"grade": {"kind": "grade", "purpose": "overall_grade"}})
    await add_responses(session, "survey", 15)
    await add_answers(session, "survey", "grade", {8: 7, 9: 8})


@pytest.fixture
async def registers(session: AsyncSession) -> None:
    """Participation, which is apart: the city is that of the editions kept in ``formats``."""
    await add_social_reports(session, 12, reasons=["housing", "other"], barriers=["waiting"])
    panel = await add_panel(session)
    await add_meeting(session, panel, participants=14)
    await add_proposal(session, panel)
    await add_initiative(session)


PUBLISHED_AT = "2019-08-20T09:00:00+03:00"


@pytest.fixture
async def officer(app: FastAPI, session: AsyncSession) -> AsyncIterator[httpx.AsyncClient]:
    """One who makes the review and sees all of it."""
    key = await add_key(session, Scope.REPORT_PUBLISH, Scope.REPORT_INTERNAL, name="officer")
    async with client_of(app, key=key) as client:
        yield client


async def draft(app: FastAPI, quarter: str = "2019-Q2", **body: object) -> None:
    """A draft of the quarter's review, without what is checked before publishing."""
    officer = Principal(new_uuid(), "officer", frozenset({Scope.REPORT_PUBLISH}))
    async with app.state.sessions.session() as session:
        catalogue = await app.state.catalogue.get(session)
        live = LiveFigures(app.state.sessions, catalogue, app.state.statement_clients)
        await EditionService(session, live).draft(
            EditionDraft.model_validate({"quarter": quarter, **body}), officer, now()
        )
        await session.commit()


async def publish(session: AsyncSession) -> None:
    """Publish the draft there is at once: what is checked before has tests of its own."""
    await session.execute(
        text(
            "UPDATE edition SET state = 'published', signed_off_at = :at, signed_off_by = 'x', published_by = 'x',"
            " published_at = :at WHERE state = 'draft'"
        ),
        {"at": datetime.fromisoformat(PUBLISHED_AT)},
    )


@pytest.fixture
async def published(city: None, app: FastAPI, officer: httpx.AsyncClient, session: AsyncSession) -> None:
    """The city's review, published with a text in Finnish alone and an action."""
    texts = "/v1/quarters/2019-Q2/texts/participation/fi"
    markdown = "Lautakunta *käsitteli* asiaa.\n\n- yksi\n- kaksi\n\n### Lisää\n\n[Kaupunki](https://www.hel.fi)"
    assert (await officer.put(texts, json={"markdown": markdown})).status_code == 200
    action = {
        "topic": "home_care",
        "done_on": "2019-06-10",
        "said": {"fi": "Kotihoito vaihtuu.", "sv": "Hemvården byts."},
        "did": {"fi": "Nimesimme vastuuhoitajan.", "sv": "Vi utsåg en ansvarig."},
    }
    assert (await officer.post("/v1/quarters/2019-Q2/actions", json=action)).status_code == 201
    await draft(app)
    await publish(session)
