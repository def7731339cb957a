"""survey_api's client of feedback_api, driven against feedback_api's real app."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.feedback_api.main import create as create_feedback_api
from services.shared.http_client import RemoteRefusalError
from services.shared.scopes import Scope
from services.shared.settings import get_settings
from services.survey_api.handovers.feedback_client import CommentToHandle, FeedbackClient
from services.survey_api.handovers.worker import HandoverWorker
from services.survey_api.main import create as create_survey_api
from tests.conftest import add_key, attach, client_of
from tests.survey_api.factories import add_survey

pytestmark = pytest.mark.anyio

GIVEN_AT = datetime(2021, 5, 4, 6, 30, tzinfo=UTC)

COMMENT = CommentToHandle(
    text="Chatissa ei vastattu.",
    type="other",
    unit="oral-health",
    channel="chat",
    language="fi",
    sender_name="Aino",
    sender_email="aino@example.org",
    reply_wanted=True,
    received_at=GIVEN_AT,
)


@pytest.fixture
def feedback_api(connection: AsyncConnection) -> FastAPI:
    return attach(create_feedback_api(), connection)


@pytest.fixture
async def http(feedback_api: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(feedback_api) as http:
        yield http


@pytest.fixture
async def svc(http: httpx.AsyncClient, session: AsyncSession) -> FeedbackClient:
    return FeedbackClient(http, SecretStr(await add_key(session, Scope.SERVICE, name="services")))


async def stored(session: AsyncSession) -> list[tuple[object, ...]]:
    rows = await session.execute(
        text(
            "SELECT feedback.received_at, unit_code, channel_code, type_code, feedback.language, reply_wanted, body,"
            " sender_name, sender_email FROM feedback JOIN feedback_content ON feedback_id = id"
        )
    )
    return [tuple(row) for row in rows]


class TestCreateFeedback:
    async def test_every_field_arrives(self, svc: FeedbackClient, session: AsyncSession) -> None:
        await svc.create_feedback(COMMENT, handover_id=uuid4())
        assert await stored(session) == [
            (
                GIVEN_AT,
                "oral-health",
                "chat",
                "other",
                "fi",
                True,
                "Chatissa ei vastattu.",
                "Aino",
                "aino@example.org",
            )
        ]

    @pytest.mark.parametrize("channel", ["chat", "survey_comment"])
    @pytest.mark.parametrize("language", ["fi", "sv", "en", "other", None])
    async def test_all_that_survey_api_says_is_understood(
        self, svc: FeedbackClient, channel: str, language: str | None
    ) -> None:
        comment = COMMENT.model_copy(update={"channel": channel, "language": language})
        assert (await svc.create_feedback(comment, handover_id=uuid4())).id

    async def test_calling_again_makes_no_second_feedback(self, svc: FeedbackClient, session: AsyncSession) -> None:
        response_id = uuid4()
        first = await svc.create_feedback(COMMENT, handover_id=response_id)
        again = await svc.create_feedback(COMMENT, handover_id=response_id)
        assert first == again
        assert len(await stored(session)) == 1

    async def test_without_a_key_it_is_dated_by_its_arrival(
        self, http: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await FeedbackClient(http, None).create_feedback(COMMENT, handover_id=uuid4())
        [(received_at, *_)] = await stored(session)
        assert received_at != GIVEN_AT

    async def test_a_refusal_tells_the_code(self, svc: FeedbackClient) -> None:
        nowhere = COMMENT.model_copy(update={"unit": "atlantis"})
        with pytest.raises(RemoteRefusalError) as refusal:
            await svc.create_feedback(nowhere, handover_id=uuid4())
        assert (refusal.value.status, refusal.value.code) == (422, "invalid_request")


class TestHandover:
    async def test_a_comment_to_handle_becomes_feedback_once(
        self, svc: FeedbackClient, connection: AsyncConnection, session: AsyncSession
    ) -> None:
        survey_api = attach(create_survey_api(), connection)
        key = await add_key(session, Scope.SURVEY_MANAGE, Scope.SURVEY_IMPORT, name="manager")
        async with client_of(survey_api, key=key) as staff:
            await add_survey(staff)
            body = {
                "id": str(uuid4()),
                "given_at": GIVEN_AT.isoformat(),
                "language": "sv",
                "answers": {"scale": 0, "comment": "Ring mig!"},
                "please_handle": True,
                "contact_name": "Aino",
                "contact_email": "aino@example.org",
            }
            for _ in range(2):
                assert (await staff.post("/v1/surveys/chat/responses", json=body)).status_code == 201
        worker = HandoverWorker(survey_api.state.sessions, svc, get_settings(), asyncio.Event())
        assert [await worker.deliver_due(), await worker.deliver_due()] == [1, 0]
        assert await stored(session) == [
            (GIVEN_AT, "oral-health", "chat", "other", "sv", True, "Ring mig!", "Aino", "aino@example.org")
        ]
        row = (
            await session.execute(text("SELECT payload, attempts, delivered_at, feedback_id FROM comment_handover"))
        ).one()
        assert (row.payload, row.attempts) == (None, 1)
        assert row.delivered_at is not None
        assert row.feedback_id == (await session.execute(text("SELECT id FROM feedback"))).scalar_one()
