"""Erasing content changes no figure and no statement, and reaches the copy that another service holds."""

import asyncio
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.shared.database import ROLES
from services.shared.http_client import RemoteRefusalError
from services.shared.scopes import Scope
from services.shared.settings import get_settings
from services.shared.tables.access import Service
from services.survey_api.erasure import worker
from services.survey_api.erasure.feedback_client import ErasureClient
from services.survey_api.handovers.feedback_client import FeedbackClient
from services.survey_api.handovers.worker import HandoverWorker
from tests.conftest import RolledBackSessions, add_key
from tests.contracts.conftest import City
from tests.contracts.test_statement_clients import anonymous, feedback_lines, lived
from tests.survey_api.factories import survey

__all__ = ["lived"]

pytestmark = pytest.mark.anyio


async def reports(reader: httpx.AsyncClient) -> list[dict[str, Any]]:
    found = []
    for path in ("/v1/quarters/2021-Q2?check=statements", "/v1/quarters/2021-Q3?check=statements", "/v1/years/2021"):
        report = (await reader.get(path)).json()
        report.pop("as_of")
        found.append(report)
    return found


async def test_no_figure_moves(city: City, reader: httpx.AsyncClient, session: AsyncSession) -> None:
    await city.send_lines(city.feedback, "/v1/feedback/import", feedback_lines())
    before = await reports(reader)
    assert before[0]["feedback"]["received"]["value"] == 10
    ids = (await session.execute(text("SELECT id FROM feedback ORDER BY id"))).scalars().all()
    for feedback_id in ids[::2]:
        assert (await city.feedback.delete(f"/v1/feedback/{feedback_id}/content")).json()["contents"] == 1
    left = (await session.execute(text("SELECT count(*) FROM feedback_content"))).scalar_one()
    assert left == len(ids) // 2
    assert await reports(reader) == before
    reassigned = {"received_from": "2021-01-01", "received_to": "2021-12-31"}
    assert (await city.feedback.post("/v1/themes/reassignments", json=reassigned)).status_code == 200
    assert await reports(reader) == before


@pytest.fixture
def survey_sessions(connection: AsyncConnection) -> RolledBackSessions:
    return RolledBackSessions(connection, ROLES[Service.SURVEY_API])


@pytest.fixture
async def services_key(session: AsyncSession) -> SecretStr:
    return SecretStr(await add_key(session, Scope.SERVICE, name="services"))


async def hand_over(
    city: City, sessions: RolledBackSessions, key: SecretStr, session: AsyncSession, words: list[str]
) -> dict[str, str]:
    """Give the comments to a chat and deliver them; the feedback that each became."""
    assert (await city.surveys.post("/v1/surveys", json=survey())).status_code == 201
    client = FeedbackClient(anonymous(city.feedback), key)
    outbox = HandoverWorker(sessions, client, get_settings(), asyncio.Event())
    for comment in words:
        body = {
            "answers": {"scale": 75, "comment": comment},
            "please_handle": True,
            "contact_email": "aino@example.org",
            "given_at": "2021-05-04T09:30:00+03:00",
        }
        assert (await city.surveys.post("/v1/surveys/chat/responses", json=body)).status_code == 201
        assert await outbox.deliver_due() == 1
    rows = await session.execute(
        text("SELECT body, feedback_id FROM feedback_content WHERE body = ANY (:words)"), {"words": words}
    )
    return {body: str(feedback_id) for body, feedback_id in rows}


async def copies(session: AsyncSession) -> set[str]:
    return set((await session.execute(text("SELECT comments ->> 'comment' FROM survey_response_content"))).scalars())


async def test_erased_feedback_is_erased_where_its_comment_was_given(
    city: City,
    reader: httpx.AsyncClient,
    session: AsyncSession,
    survey_sessions: RolledBackSessions,
    services_key: SecretStr,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "BATCH", 2)  # so that looking takes several pages
    words = [f"Chatissa ei vastattu {number}." for number in range(5)]
    made = await hand_over(city, survey_sessions, services_key, session, words)
    assert made.keys() == set(words)
    before = await reports(reader)
    client = ErasureClient(anonymous(city.feedback), services_key)
    assert await worker.erase_copies(survey_sessions, client) == 0
    for erased in (words[0], words[3], words[4]):
        await city.feedback.delete(f"/v1/feedback/{made[erased]}/content")
    assert await copies(session) == set(words)
    assert await worker.erase_copies(survey_sessions, client) == 3
    assert await copies(session) == {words[1], words[2]}
    assert await worker.erase_copies(survey_sessions, client) == 0
    assert await reports(reader) == before


async def test_a_persons_comments_to_surveys_are_shown_where_their_address_came_with_them(
    city: City, survey_sessions: RolledBackSessions, services_key: SecretStr, session: AsyncSession
) -> None:
    made = await hand_over(city, survey_sessions, services_key, session, ["Chatissa ei vastattu."])
    anonymously = {"answers": {"scale": 75, "comment": "Ei kenenkään."}}
    assert (await city.surveys.post("/v1/surveys/chat/responses", json=anonymously)).status_code == 201
    shown = (await city.feedback.get("/v1/subject-access", params={"email": "aino@example.org"})).json()["items"]
    assert [(item["id"], item["content"]["text"]) for item in shown] == [(*made.values(), *made)]


async def test_what_has_been_erased_is_told_to_services_only(city: City, session: AsyncSession) -> None:
    nobody = "01926f3e-7b44-7c5e-9c1a-3f2f6f1f0d11"
    assert (await city.feedback.get("/v1/erasures", params={"id": nobody})).json() == {"erased": []}
    many = await city.feedback.get("/v1/erasures", params={"id": [nobody] * 501})
    assert (many.status_code, many.json()["invalid_params"][0]["name"]) == (422, "id")
    staff = ErasureClient(anonymous(city.feedback), SecretStr(await add_key(session, Scope.FEEDBACK_ERASE)))
    with pytest.raises(RemoteRefusalError):
        await staff.erased_of([])


async def test_retention_in_both_services_moves_no_figure(
    city: City, reader: httpx.AsyncClient, session: AsyncSession, lived: None
) -> None:
    before = await reports(reader)
    erased = {}
    for service in (city.feedback, city.surveys):
        for one in (await service.post("/v1/retention/runs", json={"dry_run": False})).json()["policies"]:
            erased[one["policy"]] = one["erased"]
    assert erased["survey_comments"] == 1
    # Closed with a last event of 2021: all but those that are open still.
    assert erased["feedback"] == 7
    assert await copies(session) == set()
    assert await reports(reader) == before
