"""Many requests at once, with real commits on a database of their own: nothing doubled, nothing lost, no deadlock."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from services.cli.embedded_postgres import EmbeddedPostgres
from services.shared.database import connect
from services.shared.scopes import Scope
from services.shared.settings import Settings, get_settings
from services.shared.tables.access import Service
from services.survey_api.handovers.feedback_client import FeedbackClient
from services.survey_api.handovers.worker import HandoverWorker
from services.survey_api.main import create
from tests.conftest import add_key, catalogued_database, client_of
from tests.survey_api.factories import add_survey, line, question, send_lines

pytestmark = pytest.mark.anyio

AT_ONCE = 12


@pytest.fixture(scope="module")
def own_database_url(postgres: EmbeddedPostgres) -> str:
    return catalogued_database(postgres, "katsaus_concurrency")


@pytest.fixture
async def app(own_database_url: str) -> AsyncIterator[FastAPI]:
    app = create()
    app.state.sessions = connect(Settings(DATABASE_URL=own_database_url), Service.SURVEY_API)
    yield app
    await app.state.sessions.dispose()


@pytest.fixture
async def staff(app: FastAPI, own_database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    # Keys are the operator's to make, not survey_api's: its role may not.
    async with app.state.sessions.session() as session:
        await session.execute(text("SET LOCAL ROLE NONE"))
        key = await add_key(session, Scope.SURVEY_MANAGE, Scope.SURVEY_IMPORT, Scope.SERVICE, name=str(uuid4()))
    async with client_of(app, key=key) as client:
        yield client


@pytest.fixture
async def survey(staff: httpx.AsyncClient) -> str:
    return str((await add_survey(staff, f"s-{uuid4()}"))["code"])


async def scalars(app: FastAPI, sql: str, **parameters: Any) -> list[Any]:
    async with app.state.sessions.session() as session:
        return [row[0] for row in await session.execute(text(sql), parameters)]


async def counted(app: FastAPI, survey: str) -> dict[str, int]:
    """How many responses are stored, and how many the histogram has."""
    stored = "SELECT count(*) FROM survey_response WHERE survey_code = :survey"
    counted = (
        "SELECT sum(count)::int FROM answer_histogram WHERE survey_code = :survey AND question_code = '_responses'"
    )
    return {
        "stored": (await scalars(app, stored, survey=survey))[0],
        "counted": (await scalars(app, counted, survey=survey))[0],
    }


class TestAtOnce:
    async def test_the_same_response_is_stored_once(self, app: FastAPI, staff: httpx.AsyncClient, survey: str) -> None:
        body = {"id": str(uuid4()), "answers": {"nps": 7}}
        answers = await asyncio.gather(
            *(staff.post(f"/v1/surveys/{survey}/responses", json=body) for _ in range(AT_ONCE))
        )
        assert Counter(answer.status_code for answer in answers) == {201: AT_ONCE}
        assert await counted(app, survey) == {"stored": 1, "counted": 1}

    async def test_of_two_contents_with_one_id_one_wins(
        self, app: FastAPI, staff: httpx.AsyncClient, survey: str
    ) -> None:
        response_id = str(uuid4())
        bodies = [{"id": response_id, "answers": {"nps": number % 2}} for number in range(AT_ONCE)]
        answers = await asyncio.gather(*(staff.post(f"/v1/surveys/{survey}/responses", json=body) for body in bodies))
        assert Counter(answer.status_code for answer in answers) == {201: AT_ONCE // 2, 409: AT_ONCE // 2}
        assert await counted(app, survey) == {"stored": 1, "counted": 1}

    async def test_the_same_idempotency_key_stores_once(
        self, app: FastAPI, staff: httpx.AsyncClient, survey: str
    ) -> None:
        headers = {"Idempotency-Key": str(uuid4())}
        answers = await asyncio.gather(
            *(
                staff.post(f"/v1/surveys/{survey}/responses", json={"answers": {"nps": 7}}, headers=headers)
                for _ in range(AT_ONCE)
            )
        )
        assert len({answer.text for answer in answers}) == 1
        assert await counted(app, survey) == {"stored": 1, "counted": 1}

    async def test_the_same_lines_in_any_order_are_stored_once(
        self, app: FastAPI, staff: httpx.AsyncClient, survey: str
    ) -> None:
        lines = [line(survey=survey, answers={"nps": number % 11, "grade": 8}) for number in range(300)]
        shuffled = [random.sample(lines, len(lines)) for _ in range(3)]
        results = await asyncio.gather(*(send_lines(staff, upload) for upload in shuffled))
        statuses = Counter(result["status"] for upload in results for result in upload)
        assert statuses == {"created": 300, "unchanged": 600}
        assert await counted(app, survey) == {"stored": 300, "counted": 300}

    async def test_versions_published_at_once_follow_each_other(self, staff: httpx.AsyncClient, survey: str) -> None:
        answers = await asyncio.gather(
            *(
                staff.post(f"/v1/surveys/{survey}/versions", json={"questions": [question(f"q{number}", "nps")]})
                for number in range(5)
            )
        )
        assert sorted(answer.json()["version"] for answer in answers) == [2, 3, 4, 5, 6]

    async def test_several_workers_deliver_each_comment_once(
        self, app: FastAPI, staff: httpx.AsyncClient, survey: str
    ) -> None:
        for number in range(30):
            body = {"answers": {"comment": f"comment {number}"}, "please_handle": True}
            await staff.post(f"/v1/surveys/{survey}/responses", json=body)
        delivered: list[str] = []

        async def take(request: httpx.Request) -> httpx.Response:
            delivered.append(request.headers["Idempotency-Key"])
            await asyncio.sleep(0.01)
            return httpx.Response(201, json={"id": str(uuid4())})

        async with httpx.AsyncClient(transport=httpx.MockTransport(take), base_url="http://feedback") as http:
            client = FeedbackClient(http, SecretStr("katsaus_key"))
            workers = [HandoverWorker(app.state.sessions, client, get_settings(), asyncio.Event()) for _ in range(4)]
            tried = await asyncio.gather(*(worker.deliver_due() for worker in workers))
        assert sum(tried) == len(delivered) == len(set(delivered)) == 30
        assert await scalars(app, "SELECT count(*) FROM comment_handover WHERE delivered_at IS NULL") == [0]
