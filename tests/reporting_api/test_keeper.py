"""What is asked for again costs nothing while the data is unchanged, and is never staler than it says."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from services.cli.embedded_postgres import EmbeddedPostgres
from services.cli.keys import create_key
from services.reporting_api.keeper import Asking, Keeper
from services.reporting_api.keepers import Keepers
from services.reporting_api.main import create
from services.shared.database import Database, sqlalchemy_url
from services.shared.scopes import Scope
from services.shared.settings import get_settings
from tests.conftest import catalogued_database, client_of
from tests.reporting_api.conftest import reading, statements_with

pytestmark = pytest.mark.anyio

PATH = "/v1/quarters/2021-Q2"
TABLE = f"{PATH}/tables/feedback?series=3"
HOURS = f"{PATH}/smileys"
BY_HOUR = f"{PATH}/tables/smileys-by-hour?series=2"
PXWEB = "/pxweb/api/v2/tables/feedback/data"
ODATA = "/odata/v4/feedback"
ODATA_BY_HOUR = "/odata/v4/smileys_by_hour"
ADDRESSES = (PATH, HOURS, TABLE, BY_HOUR, PXWEB, ODATA, ODATA_BY_HOUR)
OF_FEEDBACK = (PATH, TABLE, PXWEB, ODATA)
TELLING_WHEN = {PATH: "as_of", HOURS: "as_of", TABLE: "as_of", PXWEB: "updated", ODATA: "@katsaus.as_of"}


@pytest.fixture(scope="module")
def own_database_url(postgres: EmbeddedPostgres) -> str:
    return catalogued_database(postgres, "katsaus_kept_reports")


@pytest.fixture
async def database(own_database_url: str) -> AsyncIterator[Database]:
    async with reading(own_database_url) as database:
        yield database


def app_keeping(database: Database, age_max_seconds: float) -> FastAPI:
    app = create()
    app.state.sessions = database
    settings = get_settings().model_copy(update={"public_report_age_max_seconds": age_max_seconds})
    app.state.keepers = Keepers.of(settings)
    return app


@pytest.fixture
async def public(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Anyone, where nothing may be older than what was last written."""
    async with client_of(app_keeping(database, 0)) as client:
        yield client


@pytest.fixture
async def hurried(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Anyone, where a report or a table may be an hour old."""
    async with client_of(app_keeping(database, 3600)) as client:
        yield client


@pytest.fixture
def counts(database: Database) -> list[str]:
    """The statements that have counted feedback."""
    return statements_with("feedback_in_figures", database)


async def receive(database_url: str) -> None:
    """A piece of feedback, committed by another process."""
    engine = create_async_engine(sqlalchemy_url(database_url))
    async with engine.begin() as connection:
        await connection.execute(
            text(
                """
                INSERT INTO feedback (id, receipt, source, received_at, received_on, recorded_at, updated_at,
                    channel_code, language, reply_wanted, state, unit_code, type_code, last_event_at, event_count)
                SELECT gen_random_uuid(), gen_random_uuid()::text, 'test', :at, '2021-05-04', :at, :at, channel.code,
                    'fi', false, 'received', unit.code, feedback_type.code, :at, 1
                FROM channel, unit, feedback_type LIMIT 1
                """
            ),
            {"at": datetime(2021, 5, 4, 9, tzinfo=UTC)},
        )
    await engine.dispose()


def received_of(answer: httpx.Response) -> int:
    """How much feedback the newest period's figures say was received."""
    body = answer.json()
    if "feedback" in body:
        return int(body["feedback"]["received"]["value"])
    if body.get("class") == "dataset":
        return int(body["value"][list(body["dimension"]["measure"]["category"]["index"]).index("feedback_received")])
    rows = [row for row in body.get("rows") or body["value"] if row["measure"] == "feedback_received"]
    return int(rows[-1]["value"])


@pytest.mark.parametrize("path", OF_FEEDBACK)
async def test_what_is_asked_again_is_counted_once_until_something_is_written(
    public: httpx.AsyncClient, own_database_url: str, counts: list[str], path: str
) -> None:
    await receive(own_database_url)
    first = await public.get(path)
    once, received = len(counts), received_of(first)
    again = await public.get(path)
    when = {TELLING_WHEN[path]: "", "@katsaus.updated": "", "updated": ""}
    assert first.json() | when == again.json() | when
    assert first.headers["etag"] == again.headers["etag"]
    unchanged = await public.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert len(counts) == once > 0

    for number in range(1, 4):
        await receive(own_database_url)
        read = await public.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert read.status_code == 200
        assert received_of(read) == received + number
    assert len(counts) == 4 * once


async def test_what_is_asked_otherwise_is_counted_for_itself(public: httpx.AsyncClient, counts: list[str]) -> None:
    seen = []
    for path in (PATH, f"{PATH}?unit=oral-health", "/v1/months/2021-05", TABLE, f"{TABLE}&unit=oral-health", PATH):
        assert (await public.get(path)).status_code == 200
        seen.append(len(counts))
    assert 0 < seen[0] < seen[1] < seen[2] < seen[3] < seen[4] == seen[5]


async def test_tables_of_the_same_periods_are_counted_together(public: httpx.AsyncClient, counts: list[str]) -> None:
    await public.get(TABLE)
    once = len(counts)
    for table in ("feedback-by-type", "chats"):
        assert (await public.get(f"{PATH}/tables/{table}?series=3&format=csv")).status_code == 200
    assert len(counts) == once


@pytest.mark.parametrize("path", [PATH, TABLE, ODATA, ODATA_BY_HOUR])
async def test_of_many_who_ask_at_once_one_counts(
    public: httpx.AsyncClient, own_database_url: str, counts: list[str], path: str
) -> None:
    await receive(own_database_url)
    await public.get(path)
    once = len(counts)
    await receive(own_database_url)
    answers = await asyncio.gather(*(public.get(path) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert len(counts) == 2 * once


@pytest.mark.parametrize("path", ADDRESSES)
async def test_while_the_city_writes_anyone_is_told_of_when_the_figures_are(
    hurried: httpx.AsyncClient, own_database_url: str, counts: list[str], path: str
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    first = await hurried.get(path)
    once, counted_by = len(counts), datetime.now(UTC)
    for _ in range(2):
        await receive(own_database_url)
        again = await hurried.get(path)
        assert again.content == first.content  # as_of too: it is of then
    assert len(counts) == once
    told = TELLING_WHEN.get(path, "@katsaus.updated" if path == ODATA_BY_HOUR else "updated")
    assert before <= datetime.fromisoformat(first.json()[told]) <= counted_by


@pytest.mark.parametrize("path", [PATH, TABLE, PXWEB])
async def test_a_key_that_sees_all_sees_the_newest(
    hurried: httpx.AsyncClient, own_database_url: str, path: str
) -> None:
    key = create_key(own_database_url, f"sees all of {path}", [Scope.REPORT_INTERNAL])
    received = []
    for _ in range(2):
        await receive(own_database_url)
        received.append(received_of(await hurried.get(path, headers={"X-API-Key": key})))
    assert received[1] == received[0] + 1


@pytest.mark.parametrize(
    ("is_internal", "found"),
    [(True, [(0, 0), (1, 2999), (2, 3000), (3, 3001)]), (False, [(0, 0), (0, 0), (1, 3000), (1, 3000)])],
)
async def test_what_was_counted_longer_ago_than_the_bound_is_counted_anew(
    database: Database, own_database_url: str, is_internal: bool, found: list[tuple[int, int]]
) -> None:
    began_at = datetime(2021, 7, 1, tzinfo=UTC)
    passed = timedelta(0)
    numbers = iter(range(10))

    async def count_for_two_seconds() -> int:
        nonlocal passed
        passed += timedelta(seconds=2)
        return next(numbers)

    keeper: Keeper[int] = Keeper(1, timedelta(seconds=1), clock=lambda: began_at + passed)
    answers = []
    for milliseconds in (0, 2999, 3000, 3001):
        await receive(own_database_url)
        passed = timedelta(milliseconds=milliseconds)
        async with database.session() as session:
            asking = Asking(session, began_at + passed, is_internal, "a catalogue")
            result, as_of = await keeper.find(asking, "what", count_for_two_seconds)
        answers.append((result, (as_of - began_at) / timedelta(milliseconds=1)))

    assert answers == found
