"""A report that is asked for again costs nothing while the data is unchanged, and is never stale."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from services.cli.embedded_postgres import EmbeddedPostgres
from services.cli.keys import create_key
from services.reporting_api.main import create
from services.reporting_api.memory import Counted, Recent
from services.shared.database import Database, sqlalchemy_url
from services.shared.scopes import Scope
from tests.conftest import catalogued_database, client_of
from tests.reporting_api.conftest import reading, statements_with

pytestmark = pytest.mark.anyio

PATH = "/v1/quarters/2021-Q2"
NEVER = timedelta(0)


@pytest.fixture(scope="module")
def own_database_url(postgres: EmbeddedPostgres) -> str:
    return catalogued_database(postgres, "katsaus_kept_reports")


@pytest.fixture
async def database(own_database_url: str) -> AsyncIterator[Database]:
    async with reading(own_database_url) as database:
        yield database


@pytest.fixture
async def public(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Anyone, where a report may not be older than what was last written."""
    app = create()
    app.state.sessions = database
    app.state.recent_reports = Recent(0, NEVER)
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def hurried(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Anyone, where a report may be an hour old."""
    app = create()
    app.state.sessions = database
    app.state.recent_reports = Recent(50, timedelta(hours=1))
    async with client_of(app) as client:
        yield client


@pytest.fixture
def counts(database: Database) -> list[str]:
    """The statements that have counted feedback."""
    return statements_with("feedback_in_figures", database)


async def receive(database_url: str, number: int) -> None:
    """A piece of feedback, committed by another process."""
    engine = create_async_engine(sqlalchemy_url(database_url))
    async with engine.begin() as connection:
        await connection.execute(
            text(
                """
                INSERT INTO feedback (id, receipt, source, received_at, received_on, recorded_at, updated_at,
                    channel_code, language, reply_wanted, state, unit_code, type_code, last_event_at, event_count)
                SELECT gen_random_uuid(), 'receipt ' || :number, 'test', :at, '2021-05-04', :at, :at, channel.code,
                    'fi', false, 'received', unit.code, feedback_type.code, :at, 1
                FROM channel, unit, feedback_type LIMIT 1
                """
            ),
            {"number": str(number), "at": datetime(2021, 5, 4, 9, tzinfo=UTC)},
        )
    await engine.dispose()


async def test_a_report_is_counted_once_until_something_is_written(
    public: httpx.AsyncClient, own_database_url: str, counts: list[str]
) -> None:
    first = await public.get(PATH)
    once = len(counts)
    again = await public.get(PATH)
    assert first.json() | {"as_of": ""} == again.json() | {"as_of": ""}
    assert first.json()["as_of"] < again.json()["as_of"]
    assert first.headers["etag"] == again.headers["etag"]
    unchanged = await public.get(PATH, headers={"If-None-Match": first.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert len(counts) == once > 0

    for number in range(1, 4):
        await receive(own_database_url, number)
        read = await public.get(PATH, headers={"If-None-Match": first.headers["etag"]})
        assert read.status_code == 200
        assert read.json()["feedback"]["received"]["value"] == number
    assert len(counts) == 4 * once


async def test_what_is_asked_otherwise_is_counted_for_itself(public: httpx.AsyncClient, counts: list[str]) -> None:
    seen = []
    for path in (PATH, f"{PATH}?unit=oral-health", "/v1/months/2021-05", PATH):
        assert (await public.get(path)).status_code == 200
        seen.append(len(counts))
    assert 0 < seen[0] < seen[1] < seen[2] == seen[3]


async def test_of_many_who_ask_at_once_one_counts(
    public: httpx.AsyncClient, own_database_url: str, counts: list[str]
) -> None:
    await receive(own_database_url, 10)
    await public.get(PATH)
    once = len(counts)
    await receive(own_database_url, 11)
    answers = await asyncio.gather(*(public.get(PATH) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert len(counts) == 2 * once


async def test_while_the_city_writes_anyone_is_told_of_when_the_figures_are(
    hurried: httpx.AsyncClient, own_database_url: str, counts: list[str]
) -> None:
    first = await hurried.get(PATH)
    once = len(counts)
    for number in (20, 21):
        await receive(own_database_url, number)
        again = await hurried.get(PATH)
        assert again.content == first.content  # as_of too: it is of then
    assert len(counts) == once


async def test_a_key_that_sees_all_sees_the_newest(hurried: httpx.AsyncClient, own_database_url: str) -> None:
    key = create_key(own_database_url, "sees all", [Scope.REPORT_INTERNAL])
    received = []
    for number in (30, 31):
        await receive(own_database_url, number)
        read = await hurried.get(PATH, headers={"X-API-Key": key})
        received.append(read.json()["feedback"]["received"]["value"])
    assert received[1] == received[0] + 1


def test_an_older_report_than_the_bound_is_counted_anew() -> None:
    recent: Recent[str] = Recent(1, timedelta(seconds=1))
    counted_at = datetime(2021, 7, 1, tzinfo=UTC)
    recent.keep("report", Counted("counted", counted_at))

    ages = (0, 999, 1000)
    found = [recent.find("report", counted_at + timedelta(milliseconds=age)) for age in ages]
    assert [one is not None for one in found] == [True, True, False]
