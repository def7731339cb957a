"""POST /v1/feedback/{id}/events and the reading of items."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def make(staff: httpx.AsyncClient, **fields: Any) -> str:
    sent = {"text": "Palautetta", "received_at": "2021-05-04T09:30:00+03:00"} | fields
    response = await staff.post("/v1/feedback", json=sent)
    assert response.status_code == 201, response.text
    feedback_id: str = response.json()["id"]
    return feedback_id


async def record(staff: httpx.AsyncClient, feedback_id: str, **event: Any) -> httpx.Response:
    return await staff.post(f"/v1/feedback/{feedback_id}/events", json=event)


class TestRecordEvent:
    async def test_a_whole_life(self, staff: httpx.AsyncClient) -> None:
        feedback_id = await make(staff)
        story = [
            {"kind": "classified", "type": "question", "topic": "apotti", "occurred_at": "2021-05-04T10:00:00+03:00"},
            {"kind": "assigned", "unit": "health-stations", "occurred_at": "2021-05-04T11:00:00+03:00"},
            {"kind": "transferred", "unit": "oral-health", "occurred_at": "2021-05-04T12:00:00+03:00"},
            {"kind": "interim_answered", "note": "Selvitämme", "occurred_at": "2021-05-05T12:00:00+03:00"},
            {"kind": "answered", "note": "Näin on", "occurred_at": "2021-05-06T09:30:00+03:00"},
            {"kind": "closed", "occurred_at": "2021-05-07T09:30:00+03:00"},
        ]
        for event in story:
            assert (await record(staff, feedback_id, **event)).status_code == 201
        item = (await staff.get(f"/v1/feedback/{feedback_id}")).json()
        assert (item["state"], item["type"], item["topic"], item["unit"]) == (
            "closed",
            "question",
            "apotti",
            "oral-health",
        )
        assert item["reacted_at"] == "2021-05-05T09:00:00Z"
        assert item["handled_at"] == "2021-05-06T06:30:00Z"
        assert [(event["sequence"], event["kind"], event["note"]) for event in item["events"]] == [
            (1, "received", None),
            (2, "classified", None),
            (3, "assigned", None),
            (4, "transferred", None),
            (5, "interim_answered", "Selvitämme"),
            (6, "answered", "Näin on"),
            (7, "closed", None),
        ]

    async def test_an_event_without_a_time_happens_now(self, staff: httpx.AsyncClient) -> None:
        feedback_id = await make(staff)
        answer = (await record(staff, feedback_id, kind="answered")).json()
        handled_at = datetime.fromisoformat(answer["feedback"]["handled_at"])
        assert abs(datetime.now(UTC) - handled_at) < timedelta(minutes=1)

    async def test_an_event_the_state_does_not_allow(self, staff: httpx.AsyncClient) -> None:
        feedback_id = await make(staff)
        await record(staff, feedback_id, kind="rejected")
        response = await record(staff, feedback_id, kind="answered")
        assert (response.status_code, response.json()["code"]) == (409, "event_not_allowed")
        assert "rejected" in response.json()["detail"]
        item = (await staff.get(f"/v1/feedback/{feedback_id}")).json()
        assert len(item["events"]) == 2, "the refused event left nothing"

    async def test_an_event_before_the_receipt(self, staff: httpx.AsyncClient) -> None:
        feedback_id = await make(staff)
        response = await record(staff, feedback_id, kind="answered", occurred_at="2021-05-04T09:29:59+03:00")
        assert (response.status_code, response.json()["code"]) == (409, "event_out_of_order")

    @pytest.mark.parametrize(
        ("event", "name"),
        [
            ({"kind": "exploded"}, "kind"),
            ({"kind": "received"}, "kind"),
            ({}, "kind"),
            ({"kind": "assigned"}, "unit"),
            ({"kind": "assigned", "unit": "atlantis"}, "unit"),
            ({"kind": "answered", "recipient": "HUS"}, "recipient"),
            ({"kind": "classified", "themes": ["weather"]}, "themes"),
            ({"kind": "answered", "occurred_at": "2099-01-01T00:00:00Z"}, "occurred_at"),
            ({"kind": "answered", "occurred_at": "2021-05-04T09:30:00"}, "occurred_at"),
        ],
    )
    async def test_a_wrong_field_is_named(self, staff: httpx.AsyncClient, event: dict[str, Any], name: str) -> None:
        response = await record(staff, await make(staff), **event)
        assert response.status_code == 422
        assert [param["name"] for param in response.json()["invalid_params"]] == [name]

    async def test_an_unknown_item(self, staff: httpx.AsyncClient) -> None:
        response = await record(staff, "01926f3e-7b44-7c5e-9c1a-3f2f6f1f0d11", kind="answered")
        assert (response.status_code, response.json()["code"]) == (404, "feedback_not_found")

    async def test_a_repeated_request_records_once(self, staff: httpx.AsyncClient) -> None:
        feedback_id = await make(staff)
        headers = {"Idempotency-Key": "answer-1"}
        event = {"kind": "answered", "note": "Kiitos"}
        first = await staff.post(f"/v1/feedback/{feedback_id}/events", json=event, headers=headers)
        again = await staff.post(f"/v1/feedback/{feedback_id}/events", json=event, headers=headers)
        assert first.json() == again.json()
        item = (await staff.get(f"/v1/feedback/{feedback_id}")).json()
        assert len(item["events"]) == 2


class TestList:
    async def test_pages_show_every_item_once(self, staff: httpx.AsyncClient) -> None:
        made = [await make(staff, text=f"{n}") for n in range(7)]
        seen: list[str] = []
        url: str | None = "/v1/feedback?limit=3"
        while url:
            response = await staff.get(url)
            seen += [item["id"] for item in response.json()["items"]]
            url = response.links["next"]["url"] if "next" in response.links else None
            assert bool(url) == bool(response.json()["next"])
        assert sorted(seen) == sorted(made)

    async def test_a_changed_item_comes_again_to_who_follows_changes(self, staff: httpx.AsyncClient) -> None:
        first, second = await make(staff), await make(staff)
        last_change = (await staff.get(f"/v1/feedback/{second}")).json()["updated_at"]
        await record(staff, first, kind="answered")
        changed = (await staff.get("/v1/feedback", params={"updated_since": last_change})).json()["items"]
        assert [item["id"] for item in changed] == [second, first]

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({"state": "answered"}, 1),
            ({"type": "question"}, 1),
            ({"unit": "sote-health"}, 2),
            ({"unit": "health-stations"}, 1),
            ({"received_from": "2021-07-01"}, 1),
            ({"received_to": "2021-06-30"}, 3),
            ({"source": "staff"}, 4),
            ({"topic": "apotti"}, 1),
        ],
    )
    async def test_filters(self, staff: httpx.AsyncClient, query: dict[str, str], count: int) -> None:
        answered = await make(staff, unit="health-stations")
        await record(staff, answered, kind="answered")
        await make(staff, unit="oral-health", type="question")
        await make(staff, topic="apotti")
        await make(staff, received_at="2021-07-01T00:00:00+03:00")
        assert len((await staff.get("/v1/feedback", params=query)).json()["items"]) == count

    @pytest.mark.parametrize(
        ("query", "name"),
        [
            ({"limit": 0}, "limit"),
            ({"limit": 100_000}, "limit"),
            ({"cursor": "???"}, "cursor"),
            ({"cursor": "bm9uc2Vuc2U"}, "cursor"),
            ({"updated_since": "2021-05-04T09:30:00"}, "updated_since"),
            ({"unit": "atlantis"}, "unit"),
            ({"state": "lost"}, "state"),
        ],
    )
    async def test_a_wrong_filter_is_named(self, staff: httpx.AsyncClient, query: dict[str, Any], name: str) -> None:
        response = await staff.get("/v1/feedback", params=query)
        assert response.status_code == 422
        assert [param["name"] for param in response.json()["invalid_params"]] == [name]


class TestAccess:
    KEYED = (
        ("GET", "/v1/feedback"),
        ("GET", "/v1/feedback/01926f3e-7b44-7c5e-9c1a-3f2f6f1f0d11"),
        ("POST", "/v1/feedback/01926f3e-7b44-7c5e-9c1a-3f2f6f1f0d11/events"),
        ("POST", "/v1/feedback/import"),
        ("POST", "/v1/ombudsman-contacts"),
        ("POST", "/v1/ombudsman-contacts/import"),
        ("GET", "/v1/ombudsman-contacts"),
        ("GET", "/v1/ombudsman-contacts/counts?from=2021-01-01&to=2021-12-31"),
        ("POST", "/v1/themes/reassignments"),
        ("GET", "/v1/quarters/2021-Q2/statement"),
    )

    @pytest.mark.parametrize(("method", "path"), KEYED)
    async def test_anonymous_is_asked_for_a_key(self, public: httpx.AsyncClient, method: str, path: str) -> None:
        response = await public.request(method, path, json={"kind": "answered"} if method == "POST" else None)
        assert (response.status_code, response.json()["code"]) == (401, "unauthorized")
        assert response.headers["WWW-Authenticate"] == "Bearer"

    @pytest.mark.parametrize(("method", "path"), KEYED)
    async def test_a_key_without_the_scope_is_refused(
        self, stranger: httpx.AsyncClient, method: str, path: str
    ) -> None:
        response = await stranger.request(method, path, json={"kind": "answered"} if method == "POST" else None)
        assert (response.status_code, response.json()["code"]) == (403, "forbidden")
        assert "stranger" in response.json()["detail"]

    @pytest.mark.parametrize(
        "header",
        [
            {"Authorization": "Bearer katsaus_0000000000_" + "0" * 64},
            {"Authorization": "Bearer nonsense"},
            {"X-API-Key": "katsaus__"},
            {"X-API-Key": "katsaus_%_x"},
        ],
    )
    async def test_an_unknown_key_is_refused_even_on_public_paths(
        self, public: httpx.AsyncClient, header: dict[str, str]
    ) -> None:
        response = await public.post("/v1/feedback", json={"text": "a"}, headers=header)
        assert response.status_code == 401


class TestBulk:
    async def test_each_item_by_itself(self, staff: httpx.AsyncClient) -> None:
        ids = [await make(staff, text=f"Palaute {number}") for number in range(4)]
        await record(staff, ids[1], kind="rejected")
        unknown = "01926f3e-7b44-7c5e-9c1a-3f2f6f1f0d11"
        sent = {"kind": "closed", "note": "Käsitelty", "feedback_ids": [ids[3], unknown, *ids[:3], ids[3]]}
        answer = (await staff.post("/v1/feedback/events", json=sent)).json()
        assert (answer["recorded"], answer["refused"]) == (3, 2)
        assert [result["feedback_id"] for result in answer["results"]] == [ids[3], unknown, *ids[:3]]
        assert [result["code"] for result in answer["results"]] == [
            None,
            "feedback_not_found",
            None,
            "event_not_allowed",
            None,
        ]
        states = {one: (await staff.get(f"/v1/feedback/{one}")).json()["state"] for one in ids}
        assert list(states.values()) == ["closed", "rejected", "closed", "closed"]

    async def test_a_repeat_with_the_same_key_changes_nothing(self, staff: httpx.AsyncClient) -> None:
        feedback_id = await make(staff)
        sent = {"kind": "interim_answered", "note": "Selvitämme", "feedback_ids": [feedback_id]}
        answers = [
            await staff.post("/v1/feedback/events", json=sent, headers={"Idempotency-Key": "bulk-1"}) for _ in range(2)
        ]
        assert answers[0].json() == answers[1].json()
        assert len((await staff.get(f"/v1/feedback/{feedback_id}")).json()["events"]) == 2

    async def test_too_many(self, staff: httpx.AsyncClient) -> None:
        ids = [f"01926f3e-7b44-7c5e-9c1a-{number:012x}" for number in range(201)]
        response = await staff.post("/v1/feedback/events", json={"kind": "closed", "feedback_ids": ids})
        assert (response.status_code, "200" in response.text) == (422, True)

    async def test_needs_the_scope(self, public: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
        sent = {"kind": "closed", "feedback_ids": ["01926f3e-7b44-7c5e-9c1a-3f2f6f1f0d11"]}
        assert (await public.post("/v1/feedback/events", json=sent)).status_code == 401
        assert (await stranger.post("/v1/feedback/events", json=sent)).status_code == 403


class TestReceipt:
    async def test_shows_the_answers_and_no_notes(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        feedback_id = await make(staff)
        receipt = (await staff.get(f"/v1/feedback/{feedback_id}")).json()["receipt"]
        await record(staff, feedback_id, kind="noted", note="Sisäinen huomio")
        await record(staff, feedback_id, kind="interim_answered", note="Selvitämme asiaa")
        await record(staff, feedback_id, kind="answered", note="Ovi on korjattu")
        shown = await public.get(f"/v1/receipts/{receipt}")
        assert [(answer["is_final"], answer["text"]) for answer in shown.json()["answers"]] == [
            (False, "Selvitämme asiaa"),
            (True, "Ovi on korjattu"),
        ]
        assert "huomio" not in shown.text

    async def test_a_sensitive_answer_is_told_of_and_not_shown(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient
    ) -> None:
        feedback_id = await make(staff, sender_identified=True)
        receipt = (await staff.get(f"/v1/feedback/{feedback_id}")).json()["receipt"]
        answered = await record(staff, feedback_id, kind="answered", note="Lääkityksenne", is_sensitive=True)
        assert answered.status_code == 201
        (answer,) = (await public.get(f"/v1/receipts/{receipt}")).json()["answers"]
        assert (answer["is_sensitive"], answer["text"]) == (True, None)
