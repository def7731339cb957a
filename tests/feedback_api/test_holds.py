"""What is kept apart from the figures: by staff, and because the same words came twice."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.feedback_api.test_events import make, record

pytestmark = pytest.mark.anyio

OBJECTION = {"kind": "held", "hold": "not_feedback", "hold_reason": "objection"}


async def in_figures(session: AsyncSession) -> int:
    return int((await session.execute(text("SELECT count(*) FROM feedback_in_figures"))).scalar_one())


async def numbers(staff: httpx.AsyncClient, quarter: str = "2021-Q2") -> dict[str, int]:
    found: dict[str, int] = (await staff.get(f"/v1/quarters/{quarter}/statement")).json()["numbers"]
    return found


class TestStaff:
    async def test_what_is_held_counts_nowhere_until_it_is_released(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        feedback_id = await make(staff)
        await make(staff, text="Toinen")
        assert (await record(staff, feedback_id, **OBJECTION)).status_code == 201
        held = await numbers(staff)
        assert (held["feedback.received"], held["feedback.kept_apart"], await in_figures(session)) == (1, 1, 1)
        assert (await record(staff, feedback_id, kind="released")).status_code == 201
        released = await numbers(staff)
        assert (released["feedback.received"], released["feedback.kept_apart"], await in_figures(session)) == (2, 0, 2)

    async def test_it_goes_through_its_states_while_it_is_apart(self, staff: httpx.AsyncClient) -> None:
        feedback_id = await make(staff)
        await record(staff, feedback_id, **OBJECTION)
        await record(staff, feedback_id, kind="confirmed")
        await record(staff, feedback_id, kind="noted", note="Kirjattu asianhallintaan")
        answer = (await record(staff, feedback_id, kind="transferred", recipient="Kirjaamo")).json()["feedback"]
        assert (answer["state"], answer["hold"], answer["hold_reason"]) == (
            "transferred_out",
            "not_feedback",
            "objection",
        )
        assert answer["hold_confirmed_at"] is not None
        assert answer["reacted_at"] is None
        counted = await numbers(staff)
        assert counted["feedback.received"] == counted["feedback.transferred_out"] == 0

    async def test_an_objection_has_the_objections_deadline_and_loses_it_when_released(
        self, staff: httpx.AsyncClient
    ) -> None:
        feedback_id = await make(staff)
        held = (await record(staff, feedback_id, **OBJECTION)).json()["feedback"]
        assert (held["deadline"]["policy"], held["deadline"]["due_on"]) == ("objection", "2021-06-04")
        released = (await record(staff, feedback_id, kind="released")).json()["feedback"]
        assert released["deadline"] is None

    @pytest.mark.parametrize(
        ("event", "status", "reason"),
        [
            ({"kind": "released"}, 409, "not kept apart"),
            ({"kind": "confirmed"}, 409, "not kept apart"),
            ({"kind": "held"}, 422, "hold"),
            ({"kind": "held", "hold": "not_feedback"}, 422, "hold_reason"),
            ({"kind": "held", "hold": "boring", "hold_reason": "staff"}, 422, "not_feedback"),
            ({"kind": "noted"}, 422, "note"),
            ({"kind": "commented", "note": "Minä taas"}, 422, "noted"),
            ({"kind": "closed", "hold": "not_feedback"}, 422, "does not belong"),
            ({"kind": "closed", "is_sensitive": True}, 422, "does not belong"),
            ({"kind": "answered", "note": "Näytteenne", "is_sensitive": True}, 409, "not identified"),
        ],
    )
    async def test_what_makes_no_sense_is_refused(
        self, staff: httpx.AsyncClient, event: dict[str, Any], status: int, reason: str
    ) -> None:
        response = await record(staff, await make(staff), **event)
        assert response.status_code == status, response.text
        assert reason in response.text

    async def test_notes_move_neither_state_nor_clock(self, staff: httpx.AsyncClient) -> None:
        feedback_id = await make(staff)
        before = (await staff.get(f"/v1/feedback/{feedback_id}")).json()
        after = (await record(staff, feedback_id, kind="noted", note="Soitettu yksikköön")).json()["feedback"]
        same = ("state", "reacted_at", "handled_at", "type", "unit", "topic")
        assert {name: after[name] for name in same} == {name: before[name] for name in same}


class TestSentTwice:
    async def test_the_same_words_from_the_same_place_count_once(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        sent = {"text": "Ovi on rikki", "unit": "health-stations"}
        first, second, third = [(await public.post("/v1/feedback", json=sent)).json() for _ in range(3)]
        assert first["duplicate_of"] is None
        assert second["duplicate_of"] == third["duplicate_of"] == first["id"]
        assert len({first["receipt"], second["receipt"], third["receipt"]}) == 3
        assert await in_figures(session) == 1
        item = (await staff.get(f"/v1/feedback/{second['id']}")).json()
        assert (item["hold"], item["hold_reason"]) == ("duplicate", "sent_twice")
        assert [event["kind"] for event in item["events"]] == ["received", "held"]
        listed = (await staff.get("/v1/feedback", params={"hold": "duplicate"})).json()["items"]
        assert {one["id"] for one in listed} == {second["id"], third["id"]}

    @pytest.mark.parametrize("change", [{"text": "Ovi on kiinni"}, {"type": "idea"}, {"unit": "oral-health"}])
    async def test_other_words_are_another_matter(self, public: httpx.AsyncClient, change: dict[str, str]) -> None:
        sent = {"text": "Ovi on rikki", "unit": "health-stations"}
        await public.post("/v1/feedback", json=sent)
        assert (await public.post("/v1/feedback", json=sent | change)).json()["duplicate_of"] is None

    async def test_spacing_and_case_do_not_make_it_another(self, public: httpx.AsyncClient) -> None:
        first = (await public.post("/v1/feedback", json={"text": "Ovi on rikki"})).json()
        again = (await public.post("/v1/feedback", json={"text": " ovi  on\nRIKKI "})).json()
        assert again["duplicate_of"] == first["id"]

    async def test_staff_may_key_in_the_same_words_from_many_slips(self, staff: httpx.AsyncClient) -> None:
        answers = [(await staff.post("/v1/feedback", json={"text": "Kiitos!"})).json() for _ in range(2)]
        assert [answer["duplicate_of"] for answer in answers] == [None, None]

    async def test_after_the_window_it_is_said_again(self, public: httpx.AsyncClient, session: AsyncSession) -> None:
        await public.post("/v1/feedback", json={"text": "Ovi on rikki"})
        await session.execute(text("UPDATE feedback_fingerprint SET seen_at = seen_at - interval '1 day'"))
        again = (await public.post("/v1/feedback", json={"text": "Ovi on rikki"})).json()
        assert again["duplicate_of"] is None
