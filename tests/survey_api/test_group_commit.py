"""Responses that arrive together are committed together, and each is answered for itself."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from services.cli.embedded_postgres import EmbeddedPostgres
from services.shared.catalogue import CatalogueCache
from services.shared.database import connect
from services.shared.scopes import Scope
from services.shared.settings import Settings
from services.shared.tables.access import Service
from services.survey_api.main import create
from services.survey_api.responses.group_commit import response_groups
from tests.conftest import add_key, catalogued_database, client_of
from tests.survey_api.factories import add_survey, ndjson, question

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def own_database_url(postgres: EmbeddedPostgres) -> str:
    return catalogued_database(postgres, "katsaus_group_commit")


@pytest.fixture
async def app(own_database_url: str) -> AsyncIterator[FastAPI]:
    app = create()
    app.state.sessions = connect(Settings(DATABASE_URL=own_database_url), Service.SURVEY_API)
    yield app
    await app.state.sessions.dispose()


@pytest.fixture
async def public(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def staff(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with app.state.sessions.session() as session:
        await session.execute(text("SET LOCAL ROLE NONE"))
        key = await add_key(session, Scope.SURVEY_MANAGE, Scope.SURVEY_IMPORT, name=str(uuid4()))
    async with client_of(app, key=key) as client:
        yield client


@pytest.fixture
async def survey(staff: httpx.AsyncClient) -> str:
    code = f"s-{uuid4()}"
    await add_survey(staff, code, questions=[question("nps", "nps"), question("comment", "text")])
    return code


async def give_all(public: httpx.AsyncClient, survey: str, bodies: list[dict[str, Any]]) -> list[httpx.Response]:
    return await asyncio.gather(*(public.post(f"/v1/surveys/{survey}/responses", json=body) for body in bodies))


async def numbers(app: FastAPI, survey: str, select: str) -> tuple[int, ...]:
    async with app.state.sessions.session() as session:
        return tuple((await session.execute(text(select), {"survey": survey})).one())


async def recount(app: FastAPI, survey: str) -> tuple[int, ...]:
    """Stored, the transactions that stored them, counted, and comments."""
    return await numbers(
        app,
        survey,
        """
        SELECT (SELECT count(*) FROM survey_response WHERE survey_code = :survey),
            (SELECT count(DISTINCT xmin::text) FROM survey_response WHERE survey_code = :survey),
            (SELECT coalesce(sum(count), 0)::int FROM answer_histogram
                WHERE survey_code = :survey AND question_code = '_responses'),
            (SELECT count(*) FROM survey_response_content JOIN survey_response
                ON id = response_id WHERE survey_code = :survey)
        """,
    )


async def test_many_are_stored_in_few_transactions(app: FastAPI, public: httpx.AsyncClient, survey: str) -> None:
    await give_all(public, survey, [{"answers": {"nps": 1}}])
    bodies = [{"answers": {"nps": number % 11, "comment": "Kiitos"}} for number in range(60)]
    answers = await give_all(public, survey, bodies)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 60
    stored, transactions, counted, comments = await recount(app, survey)
    assert (stored, counted, comments) == (61, 61, 60)
    assert transactions < 20


async def test_so_they_are_where_the_catalogue_must_be_looked_after_first(
    app: FastAPI, public: httpx.AsyncClient, survey: str
) -> None:
    await give_all(public, survey, [{"answers": {"nps": 1}}])
    app.state.catalogue = CatalogueCache(refresh_seconds=3600.0)
    answers = await give_all(public, survey, [{"answers": {"nps": number % 11}} for number in range(60)])
    assert {answer.status_code for answer in answers} == {201}
    stored, transactions, counted, _ = await recount(app, survey)
    assert stored == counted == 61
    assert transactions < 20


async def test_one_that_is_refused_costs_its_neighbours_nothing(
    app: FastAPI, public: httpx.AsyncClient, survey: str
) -> None:
    await give_all(public, survey, [{"answers": {"nps": 1}}])
    wrong: list[dict[str, Any]] = [
        {"answers": {"nps": 11}},
        {"answers": {"unheard": 1}},
        {"answers": {"nps": 5}, "service_point": "nowhere"},
        {"answers": {"nps": 5}, "version": 7},
    ]
    answers = await give_all(public, survey, [*wrong, *[{"answers": {"nps": 9}}] * 20])
    assert [answer.status_code for answer in answers] == [422] * 4 + [201] * 20
    assert (await recount(app, survey))[0] == 21


async def test_repeats_and_conflicts_in_one_group(app: FastAPI, public: httpx.AsyncClient, survey: str) -> None:
    await give_all(public, survey, [{"answers": {"nps": 1}}])
    repeated, changed = str(uuid4()), str(uuid4())
    bodies = [{"id": repeated, "answers": {"nps": 3}}] * 5 + [{"id": changed, "answers": {"nps": n}} for n in range(5)]
    bodies += [{"interaction_id": "call 1", "answers": {"nps": n}} for n in range(5)]
    answers = await give_all(public, survey, bodies)
    assert Counter(answer.status_code for answer in answers[:5]) == {201: 5}
    assert Counter(answer.status_code for answer in answers[5:10]) == {201: 1, 409: 4}
    assert Counter(answer.status_code for answer in answers[10:]) == {201: 1, 409: 4}
    stored, _, counted, _ = await recount(app, survey)
    assert stored == counted == 4


async def test_keys_are_remembered_by_the_group(app: FastAPI, public: httpx.AsyncClient, survey: str) -> None:
    await give_all(public, survey, [{"answers": {"nps": 1}}])

    async def give(number: int, nps: int, **others: Any) -> httpx.Response:
        body = {"answers": {"nps": nps}} | others
        headers = {"Idempotency-Key": f"{survey}-{number}"}
        return await public.post(f"/v1/surveys/{survey}/responses", json=body, headers=headers)

    first = await asyncio.gather(*(give(number, 5) for number in range(30)))
    assert {answer.status_code for answer in first} == {201}
    assert not any("Idempotent-Replayed" in answer.headers for answer in first)
    stored, transactions, counted, _ = await recount(app, survey)
    assert stored == counted == 31
    assert transactions < 15
    again = await asyncio.gather(*(give(number % 30, 5) for number in range(60)))
    assert [answer.json() for answer in again] == [answer.json() for answer in first] * 2
    assert {answer.headers["Idempotent-Replayed"] for answer in again} == {"true"}
    others = await asyncio.gather(*(give(number, 6) for number in range(30)))
    assert {(answer.status_code, answer.json()["code"]) for answer in others} == {(422, "idempotency_key_reused")}
    # A new key does not make a response new that came with its own id.
    known = first[0].json()["id"]
    repeats = await asyncio.gather(*(give(number, 5 + number % 2, id=known) for number in range(40, 44)))
    assert [answer.status_code for answer in repeats] == [201, 409] * 2
    at_once = await asyncio.gather(*(give(50, 7) for _ in range(20)))
    assert len({answer.text for answer in at_once}) == 1
    stored, _, counted, _ = await recount(app, survey)
    assert stored == counted == 32


async def test_a_version_published_elsewhere_is_answered_at_once(
    own_database_url: str, public: httpx.AsyncClient, staff: httpx.AsyncClient, survey: str
) -> None:
    await give_all(public, survey, [{"answers": {"nps": 1}}])
    other = create()
    other.state.sessions = connect(Settings(DATABASE_URL=own_database_url), Service.SURVEY_API)
    async with client_of(other) as elsewhere:
        elsewhere.headers.update(staff.headers)
        questions = [question("nps", "nps"), question("grade", "grade")]
        published = await elsewhere.post(f"/v1/surveys/{survey}/versions", json={"questions": questions})
        assert published.status_code == 201
    await other.state.sessions.dispose()
    (answer,) = await give_all(public, survey, [{"answers": {"grade": 9}}])
    assert answer.status_code == 201


async def test_more_than_may_wait_are_told_to_come_again(app: FastAPI, public: httpx.AsyncClient, survey: str) -> None:
    state = app.state
    state.response_groups = response_groups(state.surveys, waiting_max=5, group_max=2, metrics=state.metrics)
    answers = await give_all(public, survey, [{"answers": {"nps": 1}}] * 40)
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) == {201, 503}
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    assert {answer.json()["code"] for answer in refused} == {"unavailable"}
    stored, _, counted, _ = await recount(app, survey)
    assert stored == counted == statuses[201]


async def test_while_the_database_is_away_nothing_is_accepted(
    own_database_url: str, app: FastAPI, public: httpx.AsyncClient, survey: str
) -> None:
    await give_all(public, survey, [{"answers": {"nps": 1}}])
    reachable = app.state.sessions
    nowhere = Settings(DATABASE_URL=own_database_url.replace("katsaus_group_commit", "katsaus_nowhere"))
    app.state.sessions = connect(nowhere, Service.SURVEY_API)
    (refused,) = await give_all(public, survey, [{"answers": {"nps": 1}}])
    await app.state.sessions.dispose()
    app.state.sessions = reachable
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    (accepted,) = await give_all(public, survey, [{"answers": {"nps": 1}}])
    assert accepted.status_code == 201
    assert (await recount(app, survey))[0] == 2


@pytest.fixture
async def buttons(staff: httpx.AsyncClient) -> str:
    code = f"b-{uuid4()}"
    await add_survey(staff, code, kind="smiley", collection_mode="device", questions=[question("mood", "smiley_4")])
    return code


async def test_presses_are_stored_in_few_transactions_each_once(
    app: FastAPI, public: httpx.AsyncClient, buttons: str
) -> None:
    await give_all(public, buttons, [{"answers": {"mood": "happy"}}])
    repeated, changed = str(uuid4()), str(uuid4())
    bodies: list[dict[str, Any]] = [{"answers": {"mood": "very_happy"}} for _ in range(50)]
    bodies += [{"id": repeated, "answers": {"mood": "happy"}}] * 3
    bodies += [{"id": changed, "answers": {"mood": mood}} for mood in ("happy", "unhappy", "very_unhappy")]
    answers = await give_all(public, buttons, bodies)
    assert Counter(answer.status_code for answer in answers[:53]) == {201: 53}
    assert Counter(answer.status_code for answer in answers[53:]) == {201: 1, 409: 2}
    # Whether the answer was lost or not: once more changes nothing.
    (again,) = await give_all(public, buttons, bodies[50:51])
    assert again.json() == {"id": repeated}
    stored, transactions, counted, _ = await recount(app, buttons)
    assert stored == counted == 53
    assert transactions < 20


def hours_ago(number: int) -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=number)


async def count_hours(staff: httpx.AsyncClient, survey: str, *hours: datetime) -> list[str]:
    lines = [{"survey": survey, "hour": hour.isoformat(), "counts": [1, 2, 3, 4]} for hour in hours]
    answer = await staff.post("/v1/smileys/counts", content=ndjson(lines))
    return [json.loads(result)["status"] for result in answer.text.splitlines()]


def press_in(hour: datetime) -> dict[str, Any]:
    return {"answers": {"mood": "happy"}, "given_at": (hour + timedelta(minutes=7)).isoformat()}


async def test_a_press_of_a_counted_hour_is_refused_beside_others(
    app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient, buttons: str
) -> None:
    await give_all(public, buttons, [press_in(hours_ago(3))])
    assert await count_hours(staff, buttons, hours_ago(2)) == ["created"]
    bodies = [press_in(hours_ago(number)) for number in (3, 2, 1)] * 4
    answers = await give_all(public, buttons, bodies)
    assert [answer.status_code for answer in answers] == [201, 409, 201] * 4
    assert {answer.json()["code"] for answer in answers[1::3]} == {"hour_has_counts"}
    stored, *_ = await recount(app, buttons)
    assert stored == 9


async def test_an_hour_is_presses_or_a_count_whoever_comes_first(
    app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient, buttons: str
) -> None:
    hours = [hours_ago(number) for number in range(2, 42)]
    await give_all(public, buttons, [press_in(hours_ago(50))])

    async def press_all() -> list[int]:
        return [answer.status_code for answer in await give_all(public, buttons, [press_in(hour) for hour in hours])]

    async def count_all() -> list[str]:
        return [status for hour in reversed(hours) for status in await count_hours(staff, buttons, hour)]

    pressed, counted = await asyncio.gather(press_all(), count_all())
    assert set(pressed) <= {201, 409}
    outcomes = [(one == 201, other == "created") for one, other in zip(pressed, reversed(counted), strict=True)]
    assert set(outcomes) <= {(True, False), (False, True)}
    both, wrong = await numbers(
        app,
        buttons,
        """
        WITH press AS (SELECT date_trunc('hour', given_at) AS hour, service_point_code FROM survey_response
            WHERE survey_code = :survey),
        kept AS (SELECT hour_starts_at AS hour, service_point_code FROM hourly_count WHERE survey_code = :survey)
        SELECT (SELECT count(*) FROM press JOIN kept USING (hour, service_point_code)),
            (SELECT count(*) FROM press) + 10 * (SELECT count(*) FROM kept) - (SELECT sum(count) FROM answer_histogram
                WHERE survey_code = :survey AND question_code = '_responses')::int
        """,
    )
    assert (both, wrong) == (0, 0)


ODD_BODIES = [
    b'{"answers": {"nps": 7}}',
    b'{"answers": {"nps": 7.0}, "language": " fi "}',
    b'{"answers": {"nps": "7"}}',
    b'{"answers": {"nps": NaN}}',
    b'{"answers": {"nps": 12345678901234567890123}}',
    b'{"answers": {"nps": 7}, "answers": {"nps": 12}}',
    b'{"answers": {"nps": 7}, "unheard": 1}',
    b'{"answers": {"nps": 7}, "version": "1"}',
    b'{"answers": {"nps": 7}, "version": 1.5}',
    b'{"answers": {"nps": 7}, "version": true}',
    b'{"answers": {"nps": 7}, "id": "not-a-uuid"}',
    b'{"answers": {"nps": 7}, "given_at": 1700000000}',
    b'{"answers": {"nps": 7}, "given_at": "2099-01-01T00:00:00Z"}',
    b'{"answers": {"nps": 7}, "given_at": "2010-01-01T00:00:00Z"}',
    b'{"answers": {"nps": 7}, "collection_mode": "telepathy"}',
    b'{"answers": {"comment": "\\ud800"}}',
    b'{"answers": {"comment": "\\u0000"}}',
    b'\xef\xbb\xbf{"answers": {"nps": 7}}',
    b'{"answers": {"comment": "\xff"}}',
    b"[]",
    b"{",
    b"",
]


@pytest.mark.parametrize("body", ODD_BODIES)
async def test_the_short_way_and_the_ordinary_one_answer_alike(
    app: FastAPI, public: httpx.AsyncClient, survey: str, body: bytes
) -> None:
    await give_all(public, survey, [{"answers": {"nps": 1}}])
    path, headers = f"/v1/surveys/{survey}/responses", {"Content-Type": "application/json"}
    short = await public.post(path, content=body, headers=headers)
    app.state.catalogue = CatalogueCache(refresh_seconds=0.0)
    ordinary = await public.post(path, content=body, headers=headers)
    assert short.status_code == ordinary.status_code
    varying = {"id", "request_id"}
    told = [{k: v for k, v in answer.json().items() if k not in varying} for answer in (short, ordinary)]
    assert told[0] == told[1]
    answers = 3 if short.status_code == 201 else 1
    stored, _, counted, _ = await recount(app, survey)
    assert stored == counted == answers
