"""After any interruption the next pull ends with exactly the rows and the histogram of one that was not interrupted."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from services.shared.clock import local_day, now
from services.shared.database import Sessions, sqlalchemy_url
from services.survey_api.happy_or_not.worker import puller_of
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


@pytest.mark.parametrize("number", range(len(REQUESTS)), ids=REQUESTS)
async def test_the_service_is_stopped_at_each_request(
    app: FastAPI,
    staff: httpx.AsyncClient,
    vendor: Vendor,
    connection: AsyncConnection,
    expected: dict[str, list[str]],
    number: int,
) -> None:
    loop = asyncio.get_running_loop()
    assert (await staff.post(f"{PATH}/pulls", json={})).status_code == 202
    task = asyncio.create_task(puller_of(app).run_next())

    def stop(asked: int, _path: str) -> None:
        if asked == number:
            loop.call_soon_threadsafe(task.cancel)

    vendor.fault = stop
    with contextlib.suppress(asyncio.CancelledError):
        await task
    vendor.fault = lambda _asked, _path: None
    assert (await pull(app, staff))["state"] == "finished"
    states = [row["state"] for row in (await staff.get(f"{PATH}/pulls")).json()["items"] if row["kind"] == "read"]
    assert states in (["finished", "interrupted"], ["finished", "finished"])
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

    async def is_reachable(self) -> bool:
        return self._left > 0

    async def dispose(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize("last", range(1, 26))
async def test_the_database_goes_away(
    app: FastAPI,
    staff: httpx.AsyncClient,
    vendor: Vendor,
    connection: AsyncConnection,
    expected: dict[str, list[str]],
    last: int,
) -> None:
    assert (await staff.post(f"{PATH}/pulls", json={})).status_code == 202
    sessions = app.state.sessions
    app.state.sessions = LosingSessions(sessions, last)
    with contextlib.suppress(OperationalError):
        await puller_of(app).run_next()
    app.state.sessions = sessions
    await pull(app, staff)
    assert await snapshot(connection) == expected


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
