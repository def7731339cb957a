"""The closing statement, and that the histogram never differs from a recount of the answers as given."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.survey_api.factories import (
    RIGHT_ANSWERS,
    add_survey,
    every_kind,
    line,
    options,
    question,
    reasons,
    send_lines,
)

pytestmark = pytest.mark.anyio

QUARTER_EDGES = [
    # The last moment before local midnight and the first after it, around the quarter's bounds in summer and winter.
    "2020-12-31T21:59:59Z",
    "2020-12-31T22:00:00Z",
    "2021-03-31T20:59:59Z",
    "2021-03-31T21:00:00Z",
    "2021-06-30T20:59:59.999999Z",
    "2021-06-30T21:00:00Z",
]

DAYLIGHT_SAVING_EDGES = [
    # Helsinki skips 03-04 on 28 March 2021, and has 03-04 twice on 31 October 2021.
    "2021-03-28T00:59:59Z",
    "2021-03-28T01:00:00Z",
    "2021-10-31T00:30:00Z",
    "2021-10-31T01:30:00Z",
]


def statement_path(quarter: str) -> str:
    return f"/v1/quarters/{quarter}/statement"


async def numbers_of(staff: httpx.AsyncClient, quarter: str = "2021-Q2", survey: str = "chat") -> dict[str, int]:
    answer = await staff.get(statement_path(quarter))
    assert answer.status_code == 200, answer.text
    prefix = f"surveys.{survey}."
    return {
        name.removeprefix(prefix): number
        for name, number in answer.json()["numbers"].items()
        if name.startswith(prefix)
    }


class TestStatement:
    async def test_anonymous_is_refused(self, public: httpx.AsyncClient) -> None:
        assert (await public.get(statement_path("2021-Q2"))).status_code == 401

    async def test_key_without_the_scope_is_refused(self, stranger: httpx.AsyncClient) -> None:
        assert (await stranger.get(statement_path("2021-Q2"))).status_code == 403

    @pytest.mark.parametrize("label", ["2021-Q5", "2021", "2021-q2", "quarter", "1999-Q1", "2021-05"])
    async def test_a_label_that_names_no_quarter_is_refused(self, staff: httpx.AsyncClient, label: str) -> None:
        answer = await staff.get(statement_path(label))
        assert answer.status_code == 422
        assert "2021-Q2" in reasons(answer)["quarter"]

    async def test_says_what_it_counted_and_when(self, staff: httpx.AsyncClient) -> None:
        statement = (await staff.get(statement_path("2021-Q2"))).json()
        assert (statement["service"], statement["quarter"]) == ("survey_api", "2021-Q2")
        assert (statement["starts_at"], statement["ends_at"]) == ("2021-03-31T21:00:00Z", "2021-06-30T21:00:00Z")

    async def test_names_every_possible_value_with_zeros(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff)
        numbers = await numbers_of(staff)
        assert set(numbers.values()) == {0}
        assert set(numbers) == {
            "responses",
            "misuse",
            "invitations",
            "partial",
            *(f"scale.{value}" for value in (0, 25, 50, 75, 100)),
            *(f"smiley_4.{value}" for value in range(4)),
            *(f"smiley_5.{value}" for value in range(5)),
            *(f"single.{value}" for value in (1, 2, 3)),
            *(f"multiple.{value}" for value in (0, 1, 2, 3)),
            *(f"yes_no.{value}" for value in (0, 1)),
            *(f"grade.{value}" for value in range(4, 11)),
            *(f"nps.{value}" for value in range(11)),
            "comment.1",
        }

    async def test_names_the_values_of_all_versions(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff, questions=[question("topic", "single_choice", options=options("a", "b"))])
        next_questions = [question("topic", "single_choice", options=options("c"))]
        await staff.post("/v1/surveys/chat/versions", json={"questions": next_questions})
        assert set(await numbers_of(staff)) == {
            "responses",
            "partial",
            "misuse",
            "invitations",
            "topic.1",
            "topic.2",
            "topic.3",
        }

    async def test_counts_each_answer_at_its_value(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff)
        await add_survey(staff, "noise")
        noise = [line(survey="noise"), line(given_at="2021-03-31T20:59:59Z"), line(given_at="2021-06-30T21:00:00Z")]
        await send_lines(staff, [line(answers=RIGHT_ANSWERS), line(answers={"multiple": ["booking"]}), *noise])
        numbers = await numbers_of(staff)
        assert {name: number for name, number in numbers.items() if number} == {
            "responses": 2,
            "scale.75": 1,
            "smiley_4.2": 1,
            "smiley_5.2": 1,
            "single.2": 1,
            "multiple.0": 2,
            "multiple.1": 2,
            "multiple.3": 1,
            "yes_no.1": 1,
            "grade.9": 1,
            "nps.10": 1,
            "comment.1": 1,
        }

    async def test_erased_texts_are_still_counted(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        await add_survey(staff)
        await send_lines(staff, [line(answers={"comment": "Moi"})])
        await session.execute(text("DELETE FROM survey_response_content"))
        await session.commit()
        assert (await numbers_of(staff))["comment.1"] == 1


def answers() -> st.SearchStrategy[dict[str, Any]]:
    """Any right answers to a survey of every kind."""
    codes = ["booking", "advice", "other"]
    return st.fixed_dictionaries(
        {},
        optional={
            "scale": st.sampled_from([0, 25, 50, 75, 100]),
            "smiley_4": st.sampled_from(["very_happy", "happy", "unhappy", "very_unhappy"]),
            "smiley_5": st.sampled_from(["very_happy", "happy", "neutral", "unhappy", "very_unhappy"]),
            "single": st.sampled_from(codes),
            "multiple": st.lists(st.sampled_from(codes), min_size=1, unique=True),
            "yes_no": st.booleans(),
            "grade": st.integers(4, 10),
            "nps": st.integers(0, 10),
            "comment": st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20).filter(
                str.strip
            ),
        },
    ).filter(bool)


EDGES = [datetime.fromisoformat(edge) for edge in QUARTER_EDGES + DAYLIGHT_SAVING_EDGES]

INSTANTS = st.one_of(
    st.sampled_from(EDGES),
    st.sampled_from(EDGES).flatmap(lambda edge: st.integers(-5400, 5400).map(lambda s: edge + timedelta(seconds=s))),
    st.datetimes(datetime(2020, 12, 1), datetime(2021, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)

RESPONSES = st.lists(
    st.fixed_dictionaries(
        {
            "given_at": INSTANTS.map(datetime.isoformat),
            "answers": answers(),
            "service_point": st.sampled_from(["oral-health", "ruskeasuo-dental-clinic"]),
            "collection_mode": st.sampled_from(["chat", "web", "paper"]),
        }
    ),
    min_size=1,
    max_size=12,
)

RECOUNT = text(
    """
    SELECT question, (given_at AT TIME ZONE 'Europe/Helsinki')::date AS day,
        extract(hour FROM given_at AT TIME ZONE 'Europe/Helsinki')::int AS hour, service_point_code, count(*)::int
    FROM survey_response
    CROSS JOIN LATERAL (SELECT jsonb_object_keys(answers) UNION ALL SELECT '_responses') AS asked (question)
    WHERE survey_code = :survey
    GROUP BY question, day, hour, service_point_code
    """
)

COUNTED_ONCE = text(
    """
    SELECT question_code, given_on, given_hour, service_point_code, sum(count)::int
    FROM answer_histogram
    WHERE survey_code = :survey AND (question_code <> 'multiple' OR value = 0)
    GROUP BY question_code, given_on, given_hour, service_point_code
    """
)

BY_QUARTER = text(
    """
    SELECT to_char(given_on, 'YYYY-"Q"Q'), question_code, value, sum(count)::int
    FROM answer_histogram
    WHERE survey_code = :survey
    GROUP BY to_char(given_on, 'YYYY-"Q"Q'), question_code, value
    """
)


class TestHistogramIsRecount:
    @settings(
        max_examples=25,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(responses=RESPONSES, repeated=st.integers(0, 5), posted=st.integers(0, 3))
    async def test_whatever_is_sent_and_however_often(
        self,
        staff: httpx.AsyncClient,
        session: AsyncSession,
        responses: list[dict[str, Any]],
        repeated: int,
        posted: int,
    ) -> None:
        survey = f"s-{uuid4()}"
        await add_survey(staff, survey, questions=every_kind())
        lines = [line(survey=survey, **response) for response in responses]
        for one in lines[:posted]:
            body = {field: value for field, value in one.items() if field != "survey"}
            assert (await staff.post(f"/v1/surveys/{survey}/responses", json=body)).status_code == 201
        results = await send_lines(staff, [*lines, *lines[:repeated]])
        assert {result["status"] for result in results} <= {"created", "unchanged"}

        recounted, counted = [
            Counter({tuple(row[:-1]): row[-1] for row in await session.execute(statement, {"survey": survey})})
            for statement in (RECOUNT, COUNTED_ONCE)
        ]
        assert counted == recounted
        assert counted.total() == sum(len(response["answers"]) + 1 for response in responses)
        await self._agrees_with_statements(staff, session, survey)

    async def _agrees_with_statements(self, staff: httpx.AsyncClient, session: AsyncSession, survey: str) -> None:
        in_histogram: dict[str, dict[str, int]] = {}
        for quarter, code, value, number in await session.execute(BY_QUARTER, {"survey": survey}):
            name = "responses" if code == "_responses" else f"{code}.{value}"
            in_histogram.setdefault(quarter, {})[name] = number
        for quarter in ("2020-Q4", "2021-Q1", "2021-Q2", "2021-Q3", "2021-Q4"):
            assert _without_zeros(await numbers_of(staff, quarter, survey)) == in_histogram.get(quarter, {})


def _without_zeros(numbers: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in numbers.items() if number}
