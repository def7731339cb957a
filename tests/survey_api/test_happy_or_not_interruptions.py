"""After any interruption the next pull ends with exactly the rows and the histogram of one that was not interrupted."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from services.cli.embedded_postgres import EmbeddedPostgres
from services.shared.clock import local_day, now
from services.shared.database import Sessions, connect, sqlalchemy_url
from services.shared.scopes import Scope
from services.shared.settings import Settings
from services.shared.tables.access import Service
from services.survey_api.happy_or_not.worker import puller_of
from services.survey_api.main import create
from tests.conftest import add_key, catalogued_database, client_of
from tests.survey_api.factories import add_survey
from tests.survey_api.happy_or_not import (
    PATH,
    configure,
    entry,
    pull,
    put_mapping,
    run_queued,
    snapshot,
    terminal_survey,
)
from tests.survey_api.vendor_server import Cut, Vendor, running

pytestmark = pytest.mark.anyio

YESTERDAY = local_day(now()) - timedelta(days=1)

REQUESTS = [
    "introspect",
    "points",
    "surveys",
    "questions",
    "follow-up questions",
    "follow-up options",
    "buttons 1",
    "buttons 2",
    "buttons 3",
    "follow-ups",
    "texts",
]
"""What one pull asks for, in its order."""

FAULTS: dict[str, object] = {
    "cut before the headers": Cut(None),
    "cut in the middle": Cut(0.5),
    "500": 500,
    "no JSON": b"<html>",
}


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    vendor = Vendor(
        points=[{"experiencePointId": 42, "name": "Exit", "type": "EXPERIENCE-POINT"}],
        surveys=[{"surveyId": 11, "questionId": 5, "feedbackScale": "four"}],
        questions=[{"questionId": 5}],
        follow_up_questions=[{"followupQuestionId": 50, "surveyId": 11, "positive": False}],
        follow_up_options=[{"followupOptionId": 501, "followupQuestionId": 50}],
    )
    for number in range(25):
        press = vendor.press(f"p{number}", f"{YESTERDAY}T09:{number:02}:00", number % 4, misuse=number % 5 == 0)
        if number % 3 == 0:
            vendor.follow_up(press, 501)
        if number % 4 == 0:
            vendor.text(press, f"Jono oli pitkä, kerta {number}")
    with running(vendor):
        yield vendor


@pytest.fixture
async def expected(
    app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, connection: AsyncConnection
) -> dict[str, list[str]]:
    """What a pull that nothing interrupts leaves; undone before the test."""
    configure(app, vendor, happy_or_not_first_day=YESTERDAY)
    await add_survey(staff, **terminal_survey())
    await put_mapping(staff, entry())
    await run_queued(app)
    undone = await connection.begin_nested()
    assert (await pull(app, staff))["counts"]["created"] == 25
    assert len(vendor.requests) == len(REQUESTS)
    found = await snapshot(connection)
    await undone.rollback()
    vendor.requests.clear()
    return found


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("number", range(len(REQUESTS)), ids=REQUESTS)
async def test_each_request_fails(
    app: FastAPI,
    staff: httpx.AsyncClient,
    vendor: Vendor,
    connection: AsyncConnection,
    expected: dict[str, list[str]],
    number: int,
    fault: str,
) -> None:
    vendor.fault = lambda asked, _path: FAULTS[fault] if asked == number else None
    interrupted = await pull(app, staff)
    assert interrupted["state"] == "failed"
    assert len(vendor.requests) == number + 1
    vendor.fault = lambda _asked, _path: None
    assert (await pull(app, staff))["state"] == "finished"
    assert await snapshot(connection) == expected


class LosingSessions:
    """The database is gone from the ``last``-th session on."""

    def __init__(self, sessions: Sessions, last: int) -> None:
        self._sessions = sessions
        self._left = last

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        self._left -= 1
        if self._left < 0:
            raise OperationalError("", {}, Exception("server closed the connection unexpectedly"))
        async with self._sessions.session() as session:
            yield session
            if self._left == 0:
                # Lost before the last one's work is committed.
                raise OperationalError("", {}, Exception("server closed the connection unexpectedly"))

    def autocommitting(self) -> AbstractAsyncContextManager[AsyncSession]:
        return self.session()

    async def is_reachable(self) -> bool:
        return self._left > 0

    async def dispose(self) -> None:
        """Nothing to close."""


@pytest.fixture(scope="module")
def own_database_url(postgres: EmbeddedPostgres) -> str:
    """A database where commits stay, so that what an interrupted pull has committed is there for the next."""
    return catalogued_database(postgres, "katsaus_interruptions")


class Real:
    """survey_api on a database of its own, with nothing pulled."""

    def __init__(self, app: FastAPI, staff: httpx.AsyncClient, engine: AsyncEngine) -> None:
        self.app = app
        self.staff = staff
        self._engine = engine

    async def empty(self) -> None:
        """Undo all pulls."""
        async with self._engine.begin() as owner:
            tables = "happy_or_not_feedback, happy_or_not_cursor, happy_or_not_pull, survey_response, answer_histogram"
            await owner.execute(text(f"TRUNCATE {tables} CASCADE"))

    async def snapshot(self) -> dict[str, list[str]]:
        """What pulls have left."""
        async with self._engine.connect() as owner:
            return await snapshot(owner)


@pytest.fixture
async def real(own_database_url: str, vendor: Vendor) -> AsyncIterator[Real]:
    app = create()
    app.state.sessions = connect(Settings(DATABASE_URL=own_database_url), Service.SURVEY_API)
    configure(app, vendor, happy_or_not_first_day=YESTERDAY)
    engine = create_async_engine(sqlalchemy_url(own_database_url))
    async with AsyncSession(engine) as session:
        key = await add_key(session, Scope.SURVEY_MANAGE, Scope.SURVEY_IMPORT, name=str(uuid4()))
    async with client_of(app, key=key) as staff:
        real = Real(app, staff, engine)
        if (await staff.get("/v1/surveys/terminals")).status_code == 404:
            await add_survey(staff, **terminal_survey())
        await real.empty()
        await put_mapping(staff, entry())
        await run_queued(app)
        yield real
    await app.state.sessions.dispose()
    await engine.dispose()


@pytest.fixture
async def undisturbed(real: Real, vendor: Vendor) -> dict[str, list[str]]:
    """What a pull that nothing interrupts leaves; undone before the test."""
    assert (await pull(real.app, real.staff))["counts"]["created"] == 25
    found = await real.snapshot()
    await real.empty()
    vendor.requests.clear()
    return found


@pytest.mark.parametrize("number", range(len(REQUESTS)), ids=REQUESTS)
async def test_the_service_is_stopped_at_each_request(
    real: Real, vendor: Vendor, undisturbed: dict[str, list[str]], number: int
) -> None:
    loop = asyncio.get_running_loop()
    assert (await real.staff.post(f"{PATH}/pulls", json={})).status_code == 202
    task = asyncio.create_task(puller_of(real.app).run_next())

    def stop(asked: int, _path: str) -> None:
        if asked == number:
            loop.call_soon_threadsafe(task.cancel)

    vendor.fault = stop
    with pytest.raises(asyncio.CancelledError):
        await task
    vendor.fault = lambda _asked, _path: None
    assert (await pull(real.app, real.staff))["state"] == "finished"
    states = [row["state"] for row in (await real.staff.get(f"{PATH}/pulls")).json()["items"]]
    assert states == ["finished", "interrupted"]
    assert await real.snapshot() == undisturbed


@pytest.mark.parametrize("last", range(1, 26))
async def test_the_database_goes_away(real: Real, undisturbed: dict[str, list[str]], last: int) -> None:
    assert (await real.staff.post(f"{PATH}/pulls", json={})).status_code == 202
    sessions = real.app.state.sessions
    real.app.state.sessions = LosingSessions(sessions, last)
    with contextlib.suppress(OperationalError):
        await puller_of(real.app).run_next()
    real.app.state.sessions = sessions
    await pull(real.app, real.staff)
    assert await real.snapshot() == undisturbed


async def test_two_processes_do_not_pull_at_once(
    app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, database_url: str
) -> None:
    configure(app, vendor)
    await add_survey(staff, **terminal_survey())
    assert (await staff.post(f"{PATH}/pulls", json={})).status_code == 202
    engine = create_async_engine(sqlalchemy_url(database_url))
    async with engine.connect() as other:
        await other.execute(text("SELECT pg_advisory_xact_lock(hashtext('katsaus happy_or_not'))"))
        assert not await puller_of(app).run_next()
        assert vendor.requests == []
        await other.rollback()
    await engine.dispose()
    assert await puller_of(app).run_next()
