"""Submissions that arrive together are stored together, and each is answered for itself."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from services.cli.embedded_postgres import EmbeddedPostgres
from services.feedback_api.feedback.group_commit import feedback_groups
from services.feedback_api.main import create
from services.shared.catalogue import CatalogueCache
from services.shared.database import connect
from services.shared.settings import Settings
from services.shared.tables.access import Service
from tests.conftest import catalogued_database, client_of

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def own_database_url(postgres: EmbeddedPostgres) -> str:
    return catalogued_database(postgres, "katsaus_feedback_groups")


@pytest.fixture
async def app(own_database_url: str) -> AsyncIterator[FastAPI]:
    app = create()
    app.state.settings = app.state.settings.model_copy(update={"submission_rate_limit": ""})
    app.state.sessions = connect(Settings(DATABASE_URL=own_database_url), Service.FEEDBACK_API)
    yield app
    await app.state.sessions.dispose()


@pytest.fixture
async def public(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        # The catalogue is in memory from the first request on.
        assert (await client.get("/v1/catalogue")).status_code == 200
        yield client


async def send_all(public: httpx.AsyncClient, bodies: list[dict[str, Any]]) -> list[httpx.Response]:
    return await asyncio.gather(*(public.post("/v1/feedback", json=body) for body in bodies))


async def recount(app: FastAPI, ids: list[str]) -> dict[str, int]:
    """Of the items: rows of each table, how many are kept apart, and the transactions that stored them."""
    select = """
        SELECT (SELECT count(*) FROM feedback WHERE id = ANY (ids)) AS items,
            (SELECT count(*) FROM feedback_content WHERE feedback_id = ANY (ids)) AS texts,
            (SELECT count(*) FROM feedback_event WHERE feedback_id = ANY (ids)) AS events,
            (SELECT count(*) FROM feedback_deadline WHERE feedback_id = ANY (ids)) AS deadlines,
            (SELECT count(*) FROM feedback_theme WHERE feedback_id = ANY (ids)) AS themes,
            (SELECT count(*) FROM feedback WHERE id = ANY (ids) AND hold IS NOT NULL) AS held,
            (SELECT count(DISTINCT xmin::text) FROM feedback_content WHERE feedback_id = ANY (ids)) AS transactions
        FROM (SELECT CAST(:ids AS uuid[])) AS given (ids)
    """
    async with app.state.sessions.session() as session:
        return dict((await session.execute(text(select), {"ids": ids})).mappings().one())


def words() -> str:
    return f"Koronarokotukseen ei saanut aikaa. {uuid4().hex.translate(str.maketrans('0123456789', 'ghijklmnop'))}"


async def test_many_are_stored_whole_in_few_transactions(app: FastAPI, public: httpx.AsyncClient) -> None:
    answers = await send_all(public, [{"text": words(), "reply_wanted": True} for _ in range(40)])
    assert {answer.status_code for answer in answers} == {201}
    receipts = {answer.json()["receipt"] for answer in answers}
    assert len(receipts) == 40
    stored = await recount(app, [answer.json()["id"] for answer in answers])
    assert stored.pop("transactions") < 20
    assert stored == {"items": 40, "texts": 40, "events": 40, "deadlines": 40, "themes": 40, "held": 0}
    status = await public.get(answers[0].json()["status_url"])
    assert status.status_code == 200


async def test_each_of_a_group_is_judged_for_itself(app: FastAPI, public: httpx.AsyncClient) -> None:
    same, claim = words(), "Teen muistutuksen saamastani hoidosta."
    bodies: list[dict[str, Any]] = [
        *({"text": same} for _ in range(6)),
        {"text": f"{claim} {words()}"},
        {"text": words(), "website": "https://example.org"},
        {"text": words(), "topic": "unheard_of"},
        {"text": words(), "received_at": "2021-05-04T09:30:00+03:00"},
        {"text": words(), "unheard": 1},
        {"text": f"{words()} Soita 040 123 4567."},
    ]
    answers = await send_all(public, bodies)
    assert [answer.status_code for answer in answers] == [201] * 8 + [422, 403, 422, 201]
    doubles = [answer.json() for answer in answers[:6]]
    (first,) = [one["id"] for one in doubles if one["duplicate_of"] is None]
    assert {one["duplicate_of"] for one in doubles} == {None, first}
    assert answers[6].json()["belongs_elsewhere"]["matter"] == "objection"
    assert answers[11].json()["masked"] == ["phone"]
    accepted = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    stored = await recount(app, accepted)
    assert (stored["items"], stored["texts"], stored["held"]) == (9, 9, 7)
    assert stored["events"] == 9 + 7


async def test_keys_are_remembered_by_the_group(app: FastAPI, public: httpx.AsyncClient) -> None:
    bodies = [{"text": words(), "title": f"{number}"} for number in range(30)]

    async def send(number: int, **other: str) -> httpx.Response:
        headers = {"Idempotency-Key": f"{bodies[0]['text'][-9:]}-{number}"}
        return await public.post("/v1/feedback", json=bodies[number] | other, headers=headers)

    first = await asyncio.gather(*(send(number) for number in range(30)))
    assert {answer.status_code for answer in first} == {201}
    assert not any("Idempotent-Replayed" in answer.headers for answer in first)
    stored = await recount(app, [answer.json()["id"] for answer in first])
    assert (stored["items"], stored["held"]) == (30, 0)
    assert stored["transactions"] < 15
    again = await asyncio.gather(*(send(number % 30) for number in range(60)))
    assert [answer.json() for answer in again] == [answer.json() for answer in first] * 2
    assert {answer.headers["Idempotent-Replayed"] for answer in again} == {"true"}
    others = await asyncio.gather(*(send(number, title="another") for number in range(30)))
    assert {(answer.status_code, answer.json()["code"]) for answer in others} == {(422, "idempotency_key_reused")}


async def test_forms_without_files_go_with_the_group(app: FastAPI, public: httpx.AsyncClient) -> None:
    content_type = "application/x-www-form-urlencoded;charset=UTF-8"

    async def send(number: int) -> httpx.Response:
        form = {"text": f"{texts[number]} Soita 040 123 4567.", "reply_wanted": "on", "title": "", "unheard_of": "1"}
        headers = {"Idempotency-Key": f"{texts[number][-32:]}", "Content-Type": content_type}
        return await public.post("/v1/feedback", data=form, headers=headers)

    texts = [words() for _ in range(20)]
    answers = await asyncio.gather(*(send(number) for number in range(20)))
    assert {(answer.status_code, *answer.json()["masked"]) for answer in answers} == {(201, "phone")}
    stored = await recount(app, [answer.json()["id"] for answer in answers])
    assert stored.pop("transactions") < 10
    assert stored == {"items": 20, "texts": 20, "events": 20, "deadlines": 20, "themes": 20, "held": 0}
    assert (await send(7)).json() == answers[7].json()


async def test_a_key_that_comes_often_at_once_stores_once(app: FastAPI, public: httpx.AsyncClient) -> None:
    body, headers = {"text": words()}, {"Idempotency-Key": words()[-32:]}
    answers = await asyncio.gather(*(public.post("/v1/feedback", json=body, headers=headers) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 19
    assert (await recount(app, [answers[0].json()["id"]]))["items"] == 1


async def test_without_a_window_nothing_is_a_double(app: FastAPI, public: httpx.AsyncClient) -> None:
    app.state.settings = app.state.settings.model_copy(update={"duplicate_window_minutes": 0})
    answers = await send_all(public, [{"text": "Kiitos!"}] * 8)
    assert {answer.json()["duplicate_of"] for answer in answers} == {None}
    stored = await recount(app, [answer.json()["id"] for answer in answers])
    assert (stored["items"], stored["held"]) == (8, 0)
    assert stored["transactions"] < 8


async def test_more_than_may_wait_are_told_to_come_again(app: FastAPI, public: httpx.AsyncClient) -> None:
    app.state.feedback_groups = feedback_groups(waiting_max=5, group_max=2, metrics=app.state.metrics)
    answers = await send_all(public, [{"text": words()} for _ in range(40)])
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) == {201, 503}
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {(answer.headers["retry-after"], answer.json()["code"]) for answer in refused} == {("1", "unavailable")}
    accepted = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    stored = await recount(app, accepted)
    assert stored["items"] == stored["texts"] == stored["events"] == statuses[201]


async def test_both_ways_answer_alike(app: FastAPI, public: httpx.AsyncClient) -> None:
    odd: list[bytes] = [
        b'{"text": "Kiitos!", "reply_wanted": "yes"}',
        b'{"text": "Kiitos!", "language": "xx"}',
        b'{"text": "Kiitos!", "type": "unheard_of"}',
        b'{"text": "Kiitos!", "unit": "nowhere"}',
        b'{"text": "Kiitos!", "sender_identified": true}',
        b'{"text": "\\u0000"}',
        b'{"text": "\\ud800"}',
        b'\xef\xbb\xbf{"text": "Kiitos!"}',
        b"[]",
        b"{",
        b"",
    ]
    headers = {"Content-Type": "application/json"}
    remembered, without = app.state.catalogue, CatalogueCache(refresh_seconds=0.0)
    for body in odd:
        app.state.catalogue = remembered
        short = await public.post("/v1/feedback", content=body, headers=headers)
        app.state.catalogue = without
        ordinary = await public.post("/v1/feedback", content=body, headers=headers)
        told = [{k: v for k, v in one.json().items() if k != "request_id"} for one in (short, ordinary)]
        assert (short.status_code, told[0]) == (ordinary.status_code, told[1])
        assert short.status_code in {400, 403, 422}
