"""Uvicorn with our protocol, over real connections: what comes while the process is full, and what comes after."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import uvicorn
from fastapi import APIRouter, FastAPI, Request

from services.shared.application import create_app
from services.shared.refusing_protocol import RefusingProtocol
from services.shared.settings import Settings
from services.shared.tables.access import Service

pytestmark = pytest.mark.anyio

UNDER_WAY_MAX = 2
LOST_SECONDS = 30.0
"""An answer that takes so long never comes."""

BODY = b'{"answers": {"nps": 9}}'

router = APIRouter()


async def _wait(request: Request) -> dict[str, int]:
    request.app.state.waiting.release()
    await request.app.state.may_answer.wait()
    return {"read": len(await request.body())}


router.add_api_route("/v1/waits", _wait, methods=["GET", "POST"], name="waits")
router.add_api_route("/elsewhere", _wait, methods=["GET"], name="elsewhere")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Client:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, method: str, path: str, *headers: str, body: bytes = BODY) -> None:
        lines = (f"{method} {path} HTTP/1.1", "Host: test", f"Content-Length: {len(body)}", *headers, "", "")
        self.writer.write("\r\n".join(lines).encode() + body)

    async def read(self, *, has_body: bool = True) -> Answer:
        async with asyncio.timeout(LOST_SECONDS):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await self.reader.readexactly(int(headers["content-length"])) if has_body else b""
        return Answer(int(head[0].split()[1]), headers, body)

    async def ask(self, method: str, path: str, *headers: str, body: bytes = BODY) -> Answer:
        self.send(method, path, *headers, body=body)
        return await self.read(has_body=method != "HEAD")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    settings = Settings(requests_max=UNDER_WAY_MAX)
    monkeypatch.setattr("services.shared.application.get_settings", lambda: settings)
    app = create_app(service=Service.SURVEY_API, title="test", description="test", tags={}, routers=[router])
    app.state.may_answer = asyncio.Event()
    app.state.waiting = asyncio.Semaphore(0)
    return app


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[tuple[str, int]]:
    """Where the app is served as ``services.shared.serve`` serves it."""
    config = uvicorn.Config(app, http=RefusingProtocol, lifespan="off", proxy_headers=False, log_config=None)
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 (Uvicorn has no event for it)
            await asyncio.sleep(0.01)
        yield listening.getsockname()
        app.state.may_answer.set()
        server.should_exit = True
        await serving


@asynccontextmanager
async def connected(address: tuple[str, int], count: int) -> AsyncIterator[list[Client]]:
    clients = [Client(*await asyncio.open_connection(*address)) for _ in range(count)]
    yield clients
    for client in clients:
        client.writer.close()


async def fill(app: FastAPI, clients: list[Client]) -> None:
    """Let as many requests be under way as may be."""
    for client in clients:
        client.send("POST", "/v1/waits")
        await app.state.waiting.acquire()


def assert_is_told_to_come_again(answer: Answer) -> None:
    assert answer.status == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) >= 1
    assert "date" in answer.headers
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "retry-after" in answer.headers["access-control-expose-headers"]
    problem = json.loads(answer.body)
    assert (problem["status"], problem["code"]) == (503, "unavailable")
    assert problem["request_id"] == answer.headers["x-request-id"] != ""


async def test_of_many_at_once_as_many_are_taken_as_may_be(app: FastAPI, address: tuple[str, int]) -> None:
    async with connected(address, 3 * UNDER_WAY_MAX) as clients:
        for client in clients:
            client.send("POST", "/v1/waits")
        readings = [asyncio.create_task(client.read()) for client in clients]
        waiting: set[asyncio.Task[Answer]] = set(readings)
        while len(waiting) > UNDER_WAY_MAX:
            refused, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for reading in refused:
                assert_is_told_to_come_again(reading.result())
        app.state.may_answer.set()
        assert {(await reading).status for reading in waiting} == {200}


async def test_the_connection_of_a_refused_request_lives_on(app: FastAPI, address: tuple[str, int]) -> None:
    async with connected(address, UNDER_WAY_MAX + 1) as (other, *busy):
        await fill(app, busy)
        for _ in range(2):
            assert_is_told_to_come_again(await other.ask("POST", "/v1/waits", body=b"x" * 100_000))
        assert app.state.metrics.registry.get_sample_value("katsaus_requests_refused_total") == 2
        assert (await other.ask("GET", "/health/live")).status == 200
        app.state.may_answer.set()
        assert {(await client.read()).status for client in busy} == {200}
        taken = await other.ask("POST", "/v1/waits")
        assert (taken.status, json.loads(taken.body)) == (200, {"read": len(BODY)})


async def test_whatever_is_special_is_refused_by_the_app_as_it_should_be(
    app: FastAPI, address: tuple[str, int]
) -> None:
    async with connected(address, UNDER_WAY_MAX + 1) as (other, *busy):
        await fill(app, busy)
        assert_is_told_to_come_again(await other.ask("GET", "/elsewhere"))
        assert_is_told_to_come_again(await other.ask("POST", "/v1/waits", "Expect: 100-continue"))
        assert (await other.ask("HEAD", "/v1/waits")).status == 503
        # One after another without waiting: answered in their order.
        other.send("GET", "/health/live")
        other.send("GET", "/v1/waits")
        assert (await other.read()).status == 200
        assert_is_told_to_come_again(await other.read())
        last = await other.ask("GET", "/v1/waits", "Connection: close")
        assert_is_told_to_come_again(last)
        assert last.headers["connection"] == "close"
        assert await other.reader.read() == b""
