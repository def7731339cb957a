"""The outbox: what goes into it, and that nothing in it is lost, doubled or shown."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import stamina
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.settings import get_settings
from services.survey_api.handovers.feedback_client import FeedbackClient
from services.survey_api.handovers.worker import BATCH, HandoverWorker, retry_wait
from tests.survey_api.factories import add_survey, count, question, reasons

pytestmark = pytest.mark.anyio

PATH = "/v1/surveys/chat/responses"

Answering = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
async def chat(staff: httpx.AsyncClient) -> dict[str, Any]:
    return await add_survey(staff)


class Remote:
    """Stands for the network and what is at its far end: answers as told, and remembers what it was asked."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer
        self.requests: list[httpx.Request] = []
        self.was_asked = asyncio.Event()
        self.is_answering = asyncio.Event()
        self.is_answering.set()

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.was_asked.set()
        await self.is_answering.wait()
        return self.answer(request)


def worker_of(app: FastAPI, answer: Answering, *, key: str | None = "katsaus_key") -> tuple[HandoverWorker, Remote]:
    remote = Remote(answer)
    http = httpx.AsyncClient(transport=httpx.MockTransport(remote.handle), base_url="http://feedback")
    client = FeedbackClient(http, SecretStr(key) if key else None)
    return HandoverWorker(app.state.sessions, client, get_settings(), asyncio.Event()), remote


def takes(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(201, json={"id": str(uuid4())})


def refuses(status: int) -> Answering:
    return lambda _request: httpx.Response(status, json={"code": "some_code", "detail": "Salaisuus"})


def is_down(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody there")


async def comment(client: httpx.AsyncClient, **more: Any) -> None:
    body = {"answers": {"scale": 0, "comment": "Salaisuus"}, "please_handle": True} | more
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 201, answer.text


async def row_of(session: AsyncSession) -> Any:
    return (await session.execute(text("SELECT *, next_attempt_at - now() AS wait FROM comment_handover"))).one()


async def make_due(session: AsyncSession) -> None:
    await session.execute(text("UPDATE comment_handover SET next_attempt_at = created_at"))
    await session.commit()


class TestEnqueue:
    async def test_only_comments_to_handle_are_enqueued(self, public: httpx.AsyncClient, session: AsyncSession) -> None:
        await comment(public, please_handle=False)
        assert await count(session, "comment_handover") == 0
        await comment(public)
        assert await count(session, "comment_handover") == 1

    async def test_wakes_the_worker_after_the_response_was_stored(
        self, app: FastAPI, public: httpx.AsyncClient
    ) -> None:
        await comment(public, please_handle=False)
        assert not app.state.handovers_waiting.is_set()
        await comment(public)
        assert app.state.handovers_waiting.is_set()

    async def test_without_a_text_there_is_nothing_to_handle(
        self, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        answer = await public.post(PATH, json={"answers": {"scale": 0}, "please_handle": True})
        assert answer.status_code == 422
        assert "answer a text question" in reasons(answer)["please_handle"]

    async def test_texts_longer_together_than_a_feedback_are_refused(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await add_survey(staff, "long", questions=[question("a", "text"), question("b", "text")])
        body = {"answers": {"a": "x" * 6000, "b": "y" * 6000}, "please_handle": True}
        answer = await staff.post("/v1/surveys/long/responses", json=body)
        assert "the limit is 10000" in reasons(answer)["please_handle"]

    @pytest.mark.parametrize(("kind", "channel"), [("chat", "chat"), ("questionnaire", "survey_comment")])
    async def test_the_feedback_says_what_the_response_said(
        self, staff: httpx.AsyncClient, session: AsyncSession, kind: str, channel: str
    ) -> None:
        await add_survey(staff, "other", kind=kind, questions=[question("a", "text"), question("b", "text")])
        body = {
            "answers": {"a": "Ensin tämä.", "b": "Sitten tuo."},
            "service_point": "ruskeasuo-dental-clinic",
            "given_at": "2021-05-04T09:30:00+03:00",
            "language": "se",
            "please_handle": True,
            "contact_name": "Aino",
        }
        assert (await staff.post("/v1/surveys/other/responses", json=body)).status_code == 201
        assert (await row_of(session)).payload == {
            "text": "Ensin tämä.\n\nSitten tuo.",
            "type": "other",
            "unit": "ruskeasuo-dental-clinic",
            "channel": channel,
            "language": "other",
            "sender_name": "Aino",
            "sender_email": None,
            "reply_wanted": False,
            "received_at": "2021-05-04T09:30:00+03:00",
        }


class TestDeliver:
    async def test_a_delivered_comment_leaves_the_outbox(
        self, app: FastAPI, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await comment(public)
        handover_id = (await row_of(session)).id
        worker, remote = worker_of(app, takes)
        assert [await worker.deliver_due(), await worker.deliver_due()] == [1, 0]
        [request] = remote.requests
        assert request.headers["Idempotency-Key"] == f"comment-handover-{handover_id}"
        assert request.headers["X-Request-ID"] == f"handover-{handover_id}", "found in feedback_api's log by it"
        assert request.headers["Authorization"] == "Bearer katsaus_key"
        row = await row_of(session)
        assert (row.payload, row.attempts, row.last_error) == (None, 1, None)
        assert row.delivered_at is not None

    async def test_without_a_key_the_time_is_left_out(self, app: FastAPI, public: httpx.AsyncClient) -> None:
        await comment(public)
        worker, remote = worker_of(app, takes, key=None)
        await worker.deliver_due()
        assert b"received_at" not in remote.requests[0].content

    @pytest.mark.parametrize("answer", [is_down, refuses(500), refuses(503)])
    async def test_an_unreachable_service_is_tried_again_later(
        self, app: FastAPI, public: httpx.AsyncClient, session: AsyncSession, answer: Answering
    ) -> None:
        await comment(public)
        with stamina.set_testing(True):
            worker, remote = worker_of(app, answer)
            assert [await worker.deliver_due(), await worker.deliver_due()] == [1, 0]
            row = await row_of(session)
            assert (row.attempts, row.last_error, row.parked_at) == (1, "unreachable", None)
            assert row.wait > timedelta(0)
            await make_due(session)
            remote.answer = takes
            await worker.deliver_due()
        assert (await row_of(session)).delivered_at is not None

    @pytest.mark.parametrize("status", [401, 403, 429])
    async def test_a_refusal_that_passes_is_tried_again_later(
        self, app: FastAPI, public: httpx.AsyncClient, session: AsyncSession, status: int
    ) -> None:
        await comment(public)
        worker, _ = worker_of(app, refuses(status))
        await worker.deliver_due()
        row = await row_of(session)
        assert (row.last_error, row.parked_at) == (f"{status} some_code", None)

    @pytest.mark.parametrize("status", [400, 422])
    async def test_a_refused_comment_is_parked_and_kept(
        self, app: FastAPI, public: httpx.AsyncClient, session: AsyncSession, status: int
    ) -> None:
        await comment(public)
        worker, _ = worker_of(app, refuses(status))
        await worker.deliver_due()
        await make_due(session)
        assert await worker.deliver_due() == 0
        row = await row_of(session)
        assert (row.last_error, row.payload["text"]) == (f"{status} some_code", "Salaisuus")
        assert row.parked_at is not None

    async def test_a_parked_comment_is_tried_again_when_an_operator_says_so(
        self, app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await comment(public)
        worker, remote = worker_of(app, refuses(422))
        await worker.deliver_due()
        [parked] = (await staff.get("/v1/handovers?state=parked")).json()["items"]
        answer = await staff.post(f"/v1/handovers/{parked['id']}/retry")
        assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
        remote.answer = takes
        assert await worker.deliver_due() == 1
        assert (await row_of(session)).delivered_at is not None

    async def test_only_a_parked_comment_can_be_tried_again(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await comment(public)
        waiting = await staff.post(f"/v1/handovers/{(await row_of(session)).id}/retry")
        assert (waiting.status_code, waiting.json()["code"]) == (409, "handover_not_parked")
        unknown = await staff.post(f"/v1/handovers/{uuid4()}/retry")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "handover_not_found")

    async def test_one_bad_comment_does_not_hold_up_the_others(
        self, app: FastAPI, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        for text_given in ("hyvä", "paha", "hyvä"):
            await comment(public, answers={"comment": text_given})
        worker, _ = worker_of(
            app, lambda request: refuses(422)(request) if b"paha" in request.content else takes(request)
        )
        assert await worker.deliver_due() == 3
        delivered = await session.execute(text("SELECT count(delivered_at), count(parked_at) FROM comment_handover"))
        assert tuple(delivered.one()) == (2, 1)

    async def test_a_process_that_died_while_delivering_is_taken_over(
        self, app: FastAPI, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await comment(public)
        worker, remote = worker_of(app, takes)
        remote.is_answering.clear()
        dying = asyncio.create_task(worker.deliver_due())
        await remote.was_asked.wait()
        dying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dying
        remote.is_answering.set()
        assert await worker.deliver_due() == 0, "still another one's"
        await make_due(session)
        assert await worker.deliver_due() == 1
        first, second = remote.requests
        assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]

    async def test_takes_a_batch_at_a_time_the_longest_due_first(
        self, app: FastAPI, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        for _ in range(BATCH + 1):
            await comment(public)
        worker, _ = worker_of(app, takes)
        assert [await worker.deliver_due() for _ in range(3)] == [BATCH, 1, 0]

    async def test_the_wait_doubles_up_to_its_bound(self) -> None:
        waits = [retry_wait(attempts, get_settings()).total_seconds() for attempts in (1, 2, 3, 4, 20, 10_000)]
        assert waits == [1, 2, 4, 8, 300, 300]


class TestRun:
    async def test_goes_on_after_a_failing_round_and_delivers_when_woken(
        self, app: FastAPI, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        async def broken_round() -> int:
            raise ConnectionError("no database")

        worker, remote = worker_of(app, takes)
        object.__setattr__(worker, "settings", get_settings().model_copy(update={"handover_poll_seconds": 0.01}))
        rounds: list[str] = []
        working = worker.deliver_due

        async def first_fails() -> int:
            rounds.append("round")
            return await (broken_round() if len(rounds) == 1 else working())

        object.__setattr__(worker, "deliver_due", first_fails)
        await comment(public)
        task = asyncio.create_task(worker.run())
        async with asyncio.timeout(5):
            await remote.was_asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(rounds) >= 2


class TestList:
    async def test_anonymous_is_refused(self, public: httpx.AsyncClient) -> None:
        assert (await public.get("/v1/handovers")).status_code == 401

    async def test_key_without_the_scope_is_refused(self, stranger: httpx.AsyncClient) -> None:
        assert (await stranger.get("/v1/handovers")).status_code == 403

    async def test_shows_how_they_stand_and_never_what_they_say(self, app: FastAPI, staff: httpx.AsyncClient) -> None:
        for answer in (takes, refuses(422), refuses(401)):
            await comment(staff, contact_email="salainen@example.org")
            worker, _ = worker_of(app, answer)
            await worker.deliver_due()
        for state in ("waiting", "parked", "delivered"):
            answered = await staff.get("/v1/handovers", params={"state": state})
            assert "alai" not in answered.text
            [item] = answered.json()["items"]
            assert (item["state"], item["attempts"]) == (state, 1)
            assert (item["next_attempt_at"] is not None) == (state == "waiting")
