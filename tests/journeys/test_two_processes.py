"""Two processes of feedback_api on one database take the same keys and the same words at the same moment."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from services.shared.tables.access import Service
from tests.journeys.conftest import free_ports
from tests.journeys.killing import Stage, stage_of, unheard_of

pytestmark = [pytest.mark.journey, pytest.mark.anyio, pytest.mark.xdist_group("kills")]

AT_ONCE = 40

_ITEMS = "SELECT body, count(*), count(hold) FROM feedback_content JOIN feedback ON feedback_id = id GROUP BY body"


@pytest.fixture(scope="module")
def stage(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_of(Service.FEEDBACK_API, prepared, tmp_path_factory.mktemp("two")) as stage:
        yield stage


@pytest.fixture(scope="module")
def second(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    second = Stage(stage.server, stage.service, free_ports(1)[0], tmp_path_factory.mktemp("log") / "second.log")
    second.start_service()
    yield second
    second.stop_service()


@pytest.fixture
async def clients(stage: Stage, second: Stage) -> AsyncIterator[list[httpx.AsyncClient]]:
    one = httpx.AsyncClient(base_url=stage.base_url, timeout=60, trust_env=False)
    other = httpx.AsyncClient(base_url=second.base_url, timeout=60, trust_env=False)
    async with one, other:
        for client in (one, other):
            assert (await client.get("/v1/catalogue")).status_code == 200
        yield [one, other]


async def send(client: httpx.AsyncClient, body: dict[str, Any], key: str | None, *, is_form: bool) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    if is_form:
        return await client.post("/v1/feedback", data=body, headers=headers)
    return await client.post("/v1/feedback", json=body, headers=headers)


async def send_everywhere(
    clients: list[httpx.AsyncClient], texts: list[str], others: list[str], *, keyed: bool, is_form: bool = False
) -> list[tuple[httpx.Response, httpx.Response]]:
    """Texts to the first and others to the second at once, pair by pair with one key, in opposite orders."""
    keys = [str(uuid4()) if keyed else None for _ in texts]
    to_first = [send(clients[0], {"text": text}, key, is_form=False) for text, key in zip(texts, keys, strict=True)]
    to_second = [send(clients[1], {"text": text}, key, is_form=is_form) for text, key in zip(others, keys, strict=True)]
    first, second = await asyncio.gather(asyncio.gather(*to_first), asyncio.gather(*reversed(to_second)))
    return list(zip(first, reversed(second), strict=True))


def words() -> list[str]:
    return [f"Kahdesti lähetetty {unheard_of()}" for _ in range(AT_ONCE)]


def stored(stage: Stage, texts: list[str]) -> set[tuple[int, int]]:
    """Of each text, how often it is there and how often as a double."""
    with psycopg.connect(stage.url) as connection:
        found = {body: (times, held) for body, times, held in connection.execute(_ITEMS)}
    return {found[text] for text in texts}


@pytest.mark.parametrize("is_form", [False, True])
async def test_the_same_key_at_both_stores_once(stage: Stage, clients: list[httpx.AsyncClient], is_form: bool) -> None:
    texts = words()
    answers = await send_everywhere(clients, texts, texts, keyed=True, is_form=is_form)
    for one, other in answers:
        assert (one.status_code, other.status_code) == (201, 201), (one.text, other.text)
        assert {**one.json(), "status_url": ""} == {**other.json(), "status_url": ""}
        assert ("Idempotent-Replayed" in one.headers) != ("Idempotent-Replayed" in other.headers)
    assert stored(stage, texts) == {(1, 0)}


async def test_the_same_words_at_both_are_one_item_and_a_double(stage: Stage, clients: list[httpx.AsyncClient]) -> None:
    texts = words()
    for one, other in await send_everywhere(clients, texts, texts, keyed=False):
        ids = {answer.json()["duplicate_of"]: answer.json()["id"] for answer in (one, other)}
        assert set(ids) == {None, ids[None]}
    assert stored(stage, texts) == {(2, 1)}


async def test_the_same_key_with_other_words_is_refused_by_one(stage: Stage, clients: list[httpx.AsyncClient]) -> None:
    texts, others = words(), words()
    pairs = await send_everywhere(clients, texts, others, keyed=True)
    assert {tuple(sorted(answer.status_code for answer in pair)) for pair in pairs} == {(201, 422)}
    with psycopg.connect(stage.url) as connection:
        found = {body for body, *_ in connection.execute(_ITEMS)}
    assert all((one in found) != (other in found) for one, other in zip(texts, others, strict=True))
