"""Fifty people press the same button at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.shared.clock import local_day, now
from tests.journeys.conftest import Up

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

THREADS = 50


def post_at_once(
    up: Up, service: int, path: str, body: dict[str, Any], headers: dict[str, str]
) -> list[httpx.Response]:
    barrier = Barrier(THREADS)

    def post(_number: int) -> httpx.Response:
        with up.client(service) as client:
            barrier.wait()
            return client.post(path, json=body, headers=headers)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(post, range(THREADS)))


def test_one_idempotency_key_is_one_feedback_and_one_answer(katsaus_up: Up) -> None:
    words = f"Yhdesti {uuid4()}"
    answers = post_at_once(katsaus_up, 0, "/v1/feedback", {"text": words}, {"Idempotency-Key": str(uuid4())})
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == THREADS - 1
    with katsaus_up.client(0, key=katsaus_up.key) as staff:
        received_at = answers[0].json()["received_at"]
        items = staff.get("/v1/feedback", params={"updated_since": received_at, "source": "form"}).json()["items"]
        texts = [staff.get(f"/v1/feedback/{item['id']}").json()["content"]["text"] for item in items]
    assert texts.count(words) == 1


def test_one_response_id_is_counted_once(katsaus_up: Up) -> None:
    before = responses(katsaus_up)
    body = {"id": str(uuid4()), "answers": {"satisfaction": 80, "contact_topic": ["booking"]}}
    answers = post_at_once(katsaus_up, 1, "/v1/surveys/dental-chat/responses", body, {})
    assert {(answer.status_code, answer.json()["id"]) for answer in answers} == {(201, body["id"])}
    assert responses(katsaus_up) == before + 1


def responses(up: Up) -> int:
    """How many answers the chat has had this year."""
    chats = up.get(f"/v1/years/{local_day(now()).year}")["chats"]
    return sum(chat["respondents"]["count"] for chat in chats if chat["code"] == "dental-chat")
