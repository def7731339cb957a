"""What comes while a process is full, or waits for the database in vain, is told when to come again."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from sqlalchemy import text

from services.shared.application import create_app
from services.shared.database import SessionDep, connect
from services.shared.settings import Settings
from services.shared.tables.access import Service
from tests.conftest import client_of

pytestmark = pytest.mark.anyio

router = APIRouter()


@router.get("/waits", summary="Answers when it is let go")
async def waits(request: Request) -> dict[str, bool]:
    """Waits for the test."""
    request.app.state.waiting.release()
    await request.app.state.may_answer.wait()
    return {"done": True}


@router.get("/asks", summary="Asks the database")
async def asks(session: SessionDep) -> dict[str, bool]:
    """Needs a connection."""
    await session.execute(text("SELECT 1"))
    return {"done": True}


def make_app() -> FastAPI:
    app = create_app(service=Service.FEEDBACK_API, title="test", description="test", tags={}, routers=[router])
    app.state.may_answer = asyncio.Event()
    app.state.waiting = asyncio.Semaphore(0)
    return app


@pytest.fixture
def app() -> FastAPI:
    return make_app()


@pytest.fixture
async def client(app: FastAPI, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(DATABASE_URL=database_url, database_pool_size=1, database_wait_seconds=0.05)
    app.state.sessions = connect(settings, Service.FEEDBACK_API)
    async with client_of(app) as client:
        yield client
    await app.state.sessions.dispose()


def assert_is_told_to_come_again(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert "Retry-After" in answer.json()["detail"]
    assert int(answer.headers["Retry-After"]) >= 1


async def test_one_too_many_is_refused_and_those_under_way_are_answered(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    limit = app.state.settings.requests_max
    under_way = [asyncio.create_task(client.get("/waits")) for _ in range(limit)]
    for _ in under_way:
        await app.state.waiting.acquire()

    assert_is_told_to_come_again(await client.get("/asks"))
    assert (await client.get("/health/live")).status_code == 200
    # Without a key, and not because the process is full.
    assert (await client.get("/metrics")).status_code == 401
    metrics = app.state.metrics.registry
    assert metrics.get_sample_value("katsaus_requests_refused_total") == 1
    assert metrics.get_sample_value("http_requests_in_progress") == limit

    app.state.may_answer.set()
    assert {answer.status_code for answer in await asyncio.gather(*under_way)} == {200}
    assert (await client.get("/asks")).status_code == 200


async def test_a_page_of_another_origin_may_ask_and_reads_the_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "https://www.hel.fi"
    settings = Settings(cors_origins=(page,), requests_max=1)
    monkeypatch.setattr("services.shared.application.get_settings", lambda: settings)
    app = make_app()
    async with client_of(app) as client:
        under_way = asyncio.create_task(client.get("/waits"))
        await app.state.waiting.acquire()
        beforehand = {"Origin": page, "Access-Control-Request-Method": "GET"}
        assert (await client.options("/waits", headers=beforehand)).status_code == 200
        refused = await client.get("/waits", headers={"Origin": page})
        assert_is_told_to_come_again(refused)
        assert refused.headers["Access-Control-Allow-Origin"] == page
        assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"]
        app.state.may_answer.set()
        assert (await under_way).status_code == 200


async def test_who_waits_for_a_connection_in_vain_is_told_so(app: FastAPI, client: httpx.AsyncClient) -> None:
    async with app.state.sessions.session() as holder:
        await holder.execute(text("SELECT 1"))
        assert_is_told_to_come_again(await client.get("/asks"))
    assert (await client.get("/asks")).status_code == 200
