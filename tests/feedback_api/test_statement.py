"""GET /v1/quarters/{quarter}/statement: the recount from raw rows."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.feedback_api.test_import import event, record, send

pytestmark = pytest.mark.anyio


async def numbers(staff: httpx.AsyncClient, quarter: str = "2021-Q2") -> dict[str, int]:
    response = await staff.get(f"/v1/quarters/{quarter}/statement")
    assert response.status_code == 200, response.text
    found: dict[str, int] = response.json()["numbers"]
    return found


class TestStatement:
    async def test_a_small_quarter_counted_by_hand(self, staff: httpx.AsyncClient) -> None:
        def on_target(reference: str, **fields: Any) -> dict[str, Any]:
            return record(reference, event("answered", 9, note="Ok"), **fields)

        late = {"kind": "closed", "occurred_at": "2021-05-09T09:30:00+03:00"}  # exactly five days: not under five
        await send(
            staff,
            on_target("1", type="question", topic="apotti"),
            on_target("2", type="question"),
            record("3", event("interim_answered", 8), late, type="compliment"),
            record("4", text="Koronarokotus onnistui", type="compliment"),
            record("5", event("transferred", 9, recipient="HUS")),
            record("6", event("rejected", 9)),
            record("7", event("answered", 8), event("reopened", 9), event("classified", 10, type="idea")),
            record("8", event("rejected", 9), event("reopened", 10)),
            # Noise: the last moment of the quarter before, and the first of the one after.
            record("9", received_at="2021-03-31T23:59:59+03:00"),
            record("10", received_at="2021-07-01T00:00:00+03:00"),
        )
        found = await numbers(staff)
        assert {name: found[f"feedback.{name}"] for name in ("received", "counted", "transferred_out")} == {
            "received": 8,
            "counted": 6,
            "transferred_out": 1,
        }
        assert found["feedback.inappropriate"] == 1
        assert (found["feedback.handled"], found["feedback.open"], found["feedback.reopened"]) == (4, 2, 1)
        assert (found["feedback.on_target"], found["feedback.reacted"]) == (3, 4)
        day = 86_400 * 1_000_000
        answered_after = 23.5 / 24 * day  # 4.5. 9:30 to 5.5. 9:00
        assert found["feedback.handling_microseconds"] == 2 * answered_after + 5 * day + 22.5 / 24 * day
        assert found["feedback.reaction_microseconds"] == 2 * answered_after + 2 * 22.5 / 24 * day
        assert {code: found[f"feedback.by_type.{code}"] for code in ("question", "compliment", "idea", "other")} == {
            "question": 2,
            "compliment": 2,
            "idea": 1,
            "other": 1,
        }
        assert (found["feedback.by_topic.apotti"], found["feedback.by_topic.unclassified"]) == (1, 5)
        assert found["themes.covid_vaccination.by_type.compliment"] == 1

    async def test_it_does_not_trust_the_derived_columns(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        await send(staff, record("1", event("answered", 9)))
        await session.execute(
            text("UPDATE feedback SET state = 'rejected', handled_at = NULL, type_code = 'idea', topic_code = 'apotti'")
        )
        found = await numbers(staff)
        assert (found["feedback.handled"], found["feedback.inappropriate"]) == (1, 0)
        assert (found["feedback.by_type.other"], found["feedback.by_topic.unclassified"]) == (1, 1)

    async def test_an_empty_quarter_names_every_number(self, staff: httpx.AsyncClient) -> None:
        found = await numbers(staff, "2010-Q1")
        assert set(found.values()) == {0}
        assert "ombudsman.by_reason.self_determination" in found

    @pytest.mark.parametrize("label", ["2021", "2021-Q5", "2021-05", "nonsense", "1999-Q1"])
    async def test_a_wrong_label_says_what_one_looks_like(self, staff: httpx.AsyncClient, label: str) -> None:
        response = await staff.get(f"/v1/quarters/{label}/statement")
        assert response.status_code == 422
        assert "2021-Q2" in response.json()["invalid_params"][0]["reason"]
