"""Whatever residents and staff do, the figures balance and equal the recount from raw rows.

Random lives of feedback and of answers go through the real feedback_api and survey_api into the database, and come
out of the real reporting_api. Times are drawn near what breaks figures: Helsinki midnight, quarter ends and both nights
on which the clocks change.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.contracts.answer_lives import Drawn, drawn, questions
from tests.contracts.conftest import City
from tests.contracts.residents import Residents, recount, send, stored_of
from tests.survey_api.factories import survey

pytestmark = pytest.mark.anyio

HELSINKI = ZoneInfo("Europe/Helsinki")
QUARTERS = ("2020-Q4", "2021-Q1", "2021-Q2", "2021-Q3", "2021-Q4")

TURNING_POINTS = [
    datetime(2021, 1, 1, tzinfo=HELSINKI),
    datetime(2021, 3, 28, 3, tzinfo=HELSINKI),  # 3 o'clock becomes 4
    datetime(2021, 4, 1, tzinfo=HELSINKI),
    datetime(2021, 5, 4, tzinfo=HELSINKI),
    datetime(2021, 7, 1, tzinfo=HELSINKI),
    datetime(2021, 10, 31, 3, tzinfo=HELSINKI),  # 4 o'clock becomes 3
]

near_turning_points = st.builds(
    lambda point, offset: point.astimezone(ZoneInfo("UTC")) + offset,
    st.sampled_from(TURNING_POINTS),
    st.one_of(
        st.sampled_from([timedelta(microseconds=n) for n in (-1, 0, 1)]),
        st.timedeltas(min_value=timedelta(hours=-5), max_value=timedelta(hours=5)),
    ),
)

moves = st.lists(
    st.tuples(
        st.sampled_from(
            [
                {"kind": "classified", "type": "idea"},
                {"kind": "classified", "topic": "apotti"},
                {"kind": "assigned", "unit": "oral-health"},
                {"kind": "transferred", "unit": "home-care"},
                {"kind": "transferred", "recipient": "HUS"},
                {"kind": "interim_answered"},
                {"kind": "answered"},
                {"kind": "closed"},
                {"kind": "rejected"},
                {"kind": "reopened"},
            ]
        ),
        st.sampled_from([timedelta(0), timedelta(microseconds=1), timedelta(days=5), timedelta(hours=30)]),
    ),
    max_size=7,
)

ALLOWED_AFTER = {
    "open": {"classified", "assigned", "transferred", "interim_answered", "answered", "closed", "rejected"},
    "answered": {"classified", "answered", "closed", "reopened"},
    "closed": {"classified", "reopened"},
    "out": {"reopened"},
}
"""The state rules told once more, independently of the service's own table."""

AFTER = {"answered": "answered", "closed": "closed", "rejected": "out"}


def life(received_at: datetime, wanted: list[tuple[dict[str, Any], timedelta]]) -> dict[str, Any]:
    """An import line whose events are those of ``wanted`` that are allowed when their turn comes."""
    state, at, events = "open", received_at, []
    for move, wait in wanted:
        at += wait
        kind = move["kind"]
        if kind not in ALLOWED_AFTER[state]:
            continue
        events.append({**move, "occurred_at": at.isoformat()})
        if kind == "classified" and state != "open":
            continue
        state = "out" if "recipient" in move else AFTER.get(kind, "open")
    return {
        "source": "identities",
        "reference": str(uuid4()),
        "received_at": received_at.isoformat(),
        "text": "Koronarokotus" if len(events) % 2 else "Muu asia",
        "unit": "sote",
        "events": events,
    }


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(lives=st.lists(st.tuples(near_turning_points, moves), max_size=12), example=drawn(near_turning_points))
async def test_figures_balance_and_equal_the_recount(
    city: City,
    reader: httpx.AsyncClient,
    session: AsyncSession,
    lives: list[tuple[datetime, list[tuple[dict[str, Any], timedelta]]]],
    example: Drawn,
) -> None:
    # Examples add to each other's rows: the identities hold for whatever is there.
    await city.surveys.post("/v1/surveys", json=survey(questions=questions()))
    lines = [life(received_at, wanted) for received_at, wanted in lives]
    assert await send(city.feedback, "/v1/feedback/import", lines) == ["created"] * len(lines)
    await Residents(city.surveys, "chat").live(example)

    received: Counter[str] = Counter()
    for quarter in QUARTERS:
        report = (await reader.get(f"/v1/quarters/{quarter}", params={"check": "statements"})).json()
        balance = report["feedback"]["balance"]
        assert balance["received"] == balance["counted"] + balance["transferred_out"] + balance["inappropriate"]
        assert balance["counted"] == balance["handled"] + balance["open"]
        assert balance["holds"]
        for classes in (report["feedback"]["by_type"], report["feedback"]["by_topic"]):
            numbers = [entry["number"]["value"] for entry in classes]
            # Of a quarter that is over without a record nobody knows whether anybody counted.
            assert balance["counted"] == sum(numbers) if balance["received"] else set(numbers) == {None}
        for statement in report["statements"]:
            assert [number for number in statement["numbers"] if not number["agrees"]] == []
            assert statement["status"] == "agree"
        received[quarter] = balance["received"]
    # Every item is in exactly one quarter, the one of its local day.
    assert sum(received.values()) == (await session.execute(text("SELECT count(*) FROM feedback"))).scalar_one()


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(example=drawn(near_turning_points))
async def test_the_histogram_is_what_a_plain_loop_counts(city: City, session: AsyncSession, example: Drawn) -> None:
    code = f"loop-{uuid4().hex[:8]}"
    await city.surveys.post("/v1/surveys", json=survey(code, questions=questions()))
    residents = Residents(city.surveys, code)
    await residents.live(example)
    rows = await stored_of(session, code)
    assert {row.id: row for row in rows} == {own: one.stored(own) for own, one in residents.expected.items()}
    counted = await session.execute(
        text(
            "SELECT service_point_code, given_on::text, given_hour, question_code, value, sum(count)::int"
            " FROM answer_histogram WHERE survey_code = :code GROUP BY 1, 2, 3, 4, 5 HAVING sum(count) > 0"
        ),
        {"code": code},
    )
    assert {(row[0], row[1], row[2], row[3], row[4]): row[5] for row in counted} == dict(recount(rows))
