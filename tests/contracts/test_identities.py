"""Whatever residents and staff do, the figures balance and equal the recount from raw rows.

Random lives of feedback and random answers go through the real feedback_api and survey_api into the database, and come
out of the real reporting_api. Times are drawn near what breaks figures: Helsinki midnight, quarter ends and both nights
on which the clocks change.
"""

import json
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

from tests.contracts.conftest import City
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


answers = st.fixed_dictionaries(
    {},
    optional={
        "scale": st.sampled_from([0, 25, 50, 75, 100]),
        "smiley_4": st.sampled_from(["very_happy", "happy", "unhappy", "very_unhappy"]),
        "smiley_5": st.sampled_from(["very_happy", "happy", "neutral", "unhappy", "very_unhappy"]),
        "single": st.sampled_from(["booking", "advice", "other"]),
        "multiple": st.lists(st.sampled_from(["booking", "advice", "other"]), min_size=1, unique=True),
        "yes_no": st.booleans(),
        "grade": st.integers(4, 10),
        "nps": st.integers(0, 10),
        "comment": st.just("Kiitos"),
    },
).filter(bool)

responses = st.lists(
    st.tuples(near_turning_points, answers, st.sampled_from([None, "kallio-health-station"]), st.booleans()),
    max_size=12,
)


async def send(client: httpx.AsyncClient, path: str, lines: list[dict[str, Any]]) -> list[str]:
    if not lines:
        return []  # a body without a line is refused
    answer = await client.post(path, content="\n".join(json.dumps(line) for line in lines))
    return [json.loads(result)["status"] for result in answer.text.splitlines()]


async def give(city: City, given: list[tuple[datetime, dict[str, Any], str | None, bool]]) -> None:
    """Some answers come in a stream, and again; the others one by one."""
    lines = []
    for given_at, chosen, point, comes_alone in given:
        body: dict[str, Any] = {"id": str(uuid4()), "given_at": given_at.isoformat(), "answers": chosen}
        if point:
            body["service_point"] = point
        if comes_alone:
            assert (await city.surveys.post("/v1/surveys/chat/responses", json=body)).status_code == 201
        else:
            lines.append({"survey": "chat", **body})
    assert await send(city.surveys, "/v1/responses/import", lines) == ["created"] * len(lines)
    assert await send(city.surveys, "/v1/responses/import", lines) == ["unchanged"] * len(lines)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(lives=st.lists(st.tuples(near_turning_points, moves), max_size=12), given_answers=responses)
async def test_figures_balance_and_equal_the_recount(
    city: City,
    reader: httpx.AsyncClient,
    session: AsyncSession,
    lives: list[tuple[datetime, list[tuple[dict[str, Any], timedelta]]]],
    given_answers: list[tuple[datetime, dict[str, Any], str | None, bool]],
) -> None:
    # Examples add to each other's rows: the identities hold for whatever is there.
    await city.surveys.post("/v1/surveys", json=survey())
    lines = [life(received_at, wanted) for received_at, wanted in lives]
    assert await send(city.feedback, "/v1/feedback/import", lines) == ["created"] * len(lines)
    await give(city, given_answers)

    received: Counter[str] = Counter()
    for quarter in QUARTERS:
        report = (await reader.get(f"/v1/quarters/{quarter}", params={"check": "statements"})).json()
        balance = report["feedback"]["balance"]
        assert balance["received"] == balance["counted"] + balance["transferred_out"] + balance["inappropriate"]
        assert balance["counted"] == balance["handled"] + balance["open"]
        assert balance["holds"]
        assert balance["counted"] == sum(entry["number"]["value"] for entry in report["feedback"]["by_type"])
        assert balance["counted"] == sum(entry["number"]["value"] for entry in report["feedback"]["by_topic"])
        for statement in report["statements"]:
            assert [number for number in statement["numbers"] if not number["agrees"]] == []
            assert statement["status"] == "agree"
        received[quarter] = balance["received"]
    # Every item is in exactly one quarter, the one of its local day.
    assert sum(received.values()) == (await session.execute(text("SELECT count(*) FROM feedback"))).scalar_one()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(given_answers=responses)
async def test_the_histogram_is_what_a_plain_loop_counts(
    city: City,
    session: AsyncSession,
    given_answers: list[tuple[datetime, dict[str, Any], str | None, bool]],
) -> None:
    code = f"loop-{uuid4().hex[:8]}"
    await city.surveys.post("/v1/surveys", json=survey(code))
    lines = [
        {"survey": code, "id": str(uuid4()), "given_at": at.isoformat(), "answers": chosen}
        for at, chosen, _, _ in given_answers
    ]
    assert await send(city.surveys, "/v1/responses/import", lines) == ["created"] * len(lines)
    expected: Counter[tuple[str, int, str, int]] = Counter()
    smiley = ["very_unhappy", "unhappy", "happy", "very_happy"]
    five = ["very_unhappy", "unhappy", "neutral", "happy", "very_happy"]
    choices = ["booking", "advice", "other"]
    for at, chosen, _, _ in given_answers:
        local = at.astimezone(HELSINKI)
        day, hour = local.date().isoformat(), local.hour
        values: list[tuple[str, int]] = [("_responses", 1)]
        for question, answer in chosen.items():
            match question:
                case "smiley_4":
                    values.append((question, smiley.index(answer)))
                case "smiley_5":
                    values.append((question, five.index(answer)))
                case "single":
                    values.append((question, choices.index(answer) + 1))
                case "multiple":
                    values += [(question, 0), *((question, choices.index(one) + 1) for one in answer)]
                case "yes_no" | "comment":
                    values.append((question, 1 if answer else 0))
                case _:
                    values.append((question, answer))
        expected.update((question, value, day, hour) for question, value in values)
    rows = await session.execute(
        text(
            "SELECT question_code, value, given_on::text, given_hour, sum(count)::int FROM answer_histogram"
            " WHERE survey_code = :code GROUP BY 1, 2, 3, 4"
        ),
        {"code": code},
    )
    assert {(row[0], row[1], row[2], row[3]): row[4] for row in rows} == dict(expected)
