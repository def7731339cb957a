"""Hourly counts: an hour is replaced, never added to; the hour that daylight saving repeats is two."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.survey_api.factories import (
    add_device,
    add_survey,
    assign,
    count,
    histogram,
    line,
    map_point,
    ndjson,
    question,
    send_lines,
)

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def survey(staff: httpx.AsyncClient) -> dict[str, Any]:
    smileys = [question("satisfaction", "smiley_4", purpose="satisfaction")]
    return await add_survey(staff, kind="smiley", questions=smileys, collection_mode="device")


def hour(*counts: int, at: str = "2021-05-04T09:00:00+03:00", **more: Any) -> dict[str, Any]:
    return {"survey": "chat", "hour": at, "counts": list(counts)} | more


async def send(staff: httpx.AsyncClient, *lines: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await staff.post("/v1/smileys/counts", content=ndjson(lines))
    assert answer.status_code == 200, answer.text
    return [json.loads(result) for result in answer.text.splitlines()]


async def statuses(staff: httpx.AsyncClient, *lines: dict[str, Any]) -> list[str]:
    return [result["status"] for result in await send(staff, *lines)]


async def counted(session: AsyncSession) -> dict[tuple[str, int], int]:
    return {key: number for key, number in (await histogram(session)).items() if number}


class TestCounts:
    async def test_needs_the_scope(self, stranger: httpx.AsyncClient) -> None:
        assert (await stranger.post("/v1/smileys/counts", content=ndjson([hour(1, 2, 3, 4)]))).status_code == 403

    async def test_an_hour_is_replaced_and_repeating_changes_nothing(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        assert await statuses(staff, hour(1, 0, 2, 5)) == ["created"]
        assert await counted(session) == {
            ("_responses", 1): 8,
            ("satisfaction", 0): 1,
            ("satisfaction", 2): 2,
            ("satisfaction", 3): 5,
        }
        assert await statuses(staff, hour(1, 0, 2, 5)) == ["unchanged"]
        assert await statuses(staff, hour(0, 3, 2, 4)) == ["updated"]
        assert await counted(session) == {
            ("_responses", 1): 9,
            ("satisfaction", 1): 3,
            ("satisfaction", 2): 2,
            ("satisfaction", 3): 4,
        }
        assert await statuses(staff, hour(0, 0, 0, 0)) == ["updated"]
        assert await counted(session) == {}
        kept = await session.execute(
            text("SELECT revision, counts ->> '3', superseded_at IS NULL FROM hourly_count ORDER BY revision")
        )
        assert kept.all() == [(1, "5", False), (2, "4", False), (3, "0", True)]

    async def test_the_last_line_of_an_hour_in_a_batch_stands(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        lines = [hour(9, 0, 0, 0), hour(0, 0, 0, 1), hour(0, 0, 0, 1), hour(0, 0, 0, 2)]
        assert await statuses(staff, *lines) == ["created", "updated", "unchanged", "updated"]
        assert await counted(session) == {("_responses", 1): 2, ("satisfaction", 3): 2}

    async def test_both_hours_of_the_clock_change_are_kept_apart(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        spellings = ["2021-10-31T03:00:00.000+0300", "2021-10-31T03:00:00+02:00", "2021-10-31T00:00:00Z"]
        assert await statuses(staff, *(hour(0, 0, 0, 1, at=at) for at in spellings)) == [
            "created",
            "created",
            "unchanged",
        ]
        rows = await session.execute(
            text(
                "SELECT given_on::text, given_hour, count FROM answer_histogram WHERE question_code = 'satisfaction'"
                " AND value = 3"
            )
        )
        assert rows.all() == [("2021-10-31", 3, 2)]

    async def test_devices_and_points_of_one_place_add_up(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        for code in ("T-1", "T-2"):
            await add_device(staff, code)
            await assign(staff, device=code, valid_from="2021-01-01T00:00:00Z")
        await map_point(staff)
        origins: list[dict[str, Any]] = [
            {},
            {"device": "T-1"},
            {"device": "T-2"},
            {"source": "happy_or_not", "source_point": "11:42"},
        ]
        lines = [
            {key: value for key, value in hour(0, 0, 0, 1).items() if origin == {} or key != "survey"} | origin
            for origin in origins
        ]
        assert await statuses(staff, *lines) == ["created"] * 4
        assert await counted(session) == {("_responses", 1): 4, ("satisfaction", 3): 4}
        devices = (await staff.get("/v1/devices")).json()["items"]
        assert {device["last_press_at"] for device in devices} == {"2021-05-04T06:00:00Z"}

    async def test_counts_of_unknown_points_wait_and_the_newest_is_counted(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        origin = {"source": "happy_or_not", "source_point": "11:42"}
        assert await statuses(staff, hour(0, 0, 0, 1) | origin, hour(0, 0, 0, 3) | origin) == ["held"] * 2
        assert await statuses(staff, hour(0, 0, 0, 2) | origin) == ["held"]
        assert (await staff.get("/v1/held-answers")).json()["count"] == 1
        await map_point(staff)
        assert (await staff.get("/v1/held-answers")).json()["count"] == 0
        assert await counted(session) == {("_responses", 1): 2, ("satisfaction", 3): 2}
        assert await statuses(staff, hour(0, 0, 0, 2) | origin) == ["unchanged"]

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            (hour(1, 2, 3), "counts"),
            (hour(1, 2, 3, 4, 5), "counts"),
            (hour(1, 2, 3, -1), "counts.3"),
            (hour(1, 2, 3, 4, at="2021-05-04T09:30:00+03:00"), "hour"),
            (hour(1, 2, 3, 4, at="2021-05-04T09:00:00"), "hour"),
            (hour(1, 2, 3, 4, at="2031-05-04T09:00:00Z"), "given_at"),
            (hour(1, 2, 3, 4, service_point="atlantis"), "service_point"),
            (hour(1, 2, 3, 4, version=7), "version"),
            ({"hour": "2021-05-04T09:00:00Z", "counts": [1, 2, 3, 4]}, "survey"),
        ],
    )
    async def test_a_wrong_line_is_refused_alone(
        self, staff: httpx.AsyncClient, wrong: dict[str, Any], field: str
    ) -> None:
        results = await send(staff, wrong, hour(0, 0, 0, 1))
        assert [result["status"] for result in results] == ["refused", "created"]
        assert results[0]["invalid_params"][0]["name"] == field

    async def test_the_closing_statement_counts_them(self, staff: httpx.AsyncClient) -> None:
        await send(staff, hour(1, 0, 2, 5), hour(1, 1, 1, 1, at="2021-05-04T10:00:00+03:00"))
        await send(staff, hour(1, 0, 0, 0))
        await send_lines(staff, [press(at="2021-05-04T12:00:00+03:00")])
        numbers = (await staff.get("/v1/quarters/2021-Q2/statement")).json()["numbers"]
        expected = {"responses": 6, "misuse": 0, "satisfaction.0": 2, "satisfaction.1": 1, "satisfaction.2": 1}
        assert {name: numbers[f"surveys.chat.{name}"] for name in expected} == expected


def press(at: str = "2021-05-04T09:59:59+03:00", **more: Any) -> dict[str, Any]:
    return line(answers={"satisfaction": "very_happy"}, given_at=at, **more)


class TestPressesAndCounts:
    async def test_a_count_of_an_hour_with_presses_is_refused(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await send_lines(staff, [press()])
        [refused, next_hour] = await send(staff, hour(0, 0, 0, 9), hour(0, 0, 0, 9, at="2021-05-04T10:00:00+03:00"))
        assert (refused["status"], refused["code"]) == ("refused", "hour_has_presses")
        assert next_hour["status"] == "created"
        assert await counted(session) == {("_responses", 1): 10, ("satisfaction", 3): 10}

    async def test_a_press_of_a_counted_hour_is_refused(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await send(staff, hour(0, 0, 0, 9))
        [refused, before] = await send_lines(staff, [press(), press("2021-05-04T08:59:59+03:00")])
        assert (refused["status"], refused["code"]) == ("refused", "hour_has_counts")
        assert before["status"] == "created"
        last_hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
        await send(staff, hour(0, 0, 0, 9, at=last_hour.isoformat()))
        given_at = (last_hour + timedelta(minutes=10)).isoformat()
        body = {"answers": {"satisfaction": "happy"}, "given_at": given_at}
        answer = await public.post("/v1/surveys/chat/responses", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "hour_has_counts")
        assert await count(session, "survey_response") == 1

    async def test_an_hour_is_the_same_whatever_the_offset_it_is_told_in(self, staff: httpx.AsyncClient) -> None:
        [taken, crooked] = await send(staff, hour(0, 0, 0, 9), hour(0, 0, 0, 9, at="2021-05-04T09:00:00+05:30"))
        assert (taken["status"], crooked["status"]) == ("created", "refused")
        # 9.40 in Helsinki.
        [refused] = await send_lines(staff, [press("2021-05-04T12:10:00+05:30")])
        assert (refused["status"], refused["code"]) == ("refused", "hour_has_counts")

    async def test_other_devices_hours_are_apart(self, staff: httpx.AsyncClient) -> None:
        await add_device(staff)
        await assign(staff, valid_from="2021-01-01T00:00:00Z")
        await send(staff, hour(0, 0, 0, 9, device="T-1"))
        results = await send_lines(staff, [press(), press(device="T-1")])
        assert [result["status"] for result in results] == ["created", "refused"]
