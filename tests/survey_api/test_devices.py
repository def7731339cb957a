"""Devices: the register, their places in time, what is the matter with them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.survey_api.factories import add_device, add_survey, assign, line, reasons, send_lines

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def survey(staff: httpx.AsyncClient) -> dict[str, Any]:
    return await add_survey(staff)


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


async def press(staff: httpx.AsyncClient, *instants: datetime, device: str = "T-1") -> list[dict[str, Any]]:
    return await send_lines(
        staff,
        [line(survey=None, device=device, given_at=instant.isoformat(), button=3, answers={}) for instant in instants],
    )


async def device_of(staff: httpx.AsyncClient, code: str = "T-1") -> dict[str, Any]:
    answer = await staff.get("/v1/devices")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = next(device for device in answer.json()["items"] if device["code"] == code)
    return found


class TestRegister:
    async def test_a_device_is_unassigned_until_it_is_placed(self, staff: httpx.AsyncClient) -> None:
        device = await add_device(staff)
        assert (device["states"], device["assignments"]) == (["unassigned"], [])
        device = await assign(staff, valid_from="2021-01-01T00:00:00+02:00")
        assert [stay["service_point"] for stay in device["assignments"]] == ["oral-health"]

    async def test_a_code_is_given_once(self, staff: httpx.AsyncClient) -> None:
        await add_device(staff)
        answer = await staff.post(
            "/v1/devices", json={"code": "T-1", "name": "other", "kind": "touch", "survey": "chat"}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "device_exists")

    async def test_the_survey_must_exist(self, staff: httpx.AsyncClient) -> None:
        answer = await staff.post(
            "/v1/devices", json={"code": "T-1", "name": "x", "kind": "touch", "survey": "nowhere"}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "survey_not_found")

    async def test_needs_the_scope(self, stranger: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        body = {"code": "T-1", "name": "x", "kind": "touch", "survey": "chat"}
        assert (await stranger.post("/v1/devices", json=body)).status_code == 403
        assert (await public.get("/v1/devices")).status_code == 401

    async def test_a_retired_device_is_out_of_the_list_and_stands_nowhere(self, staff: httpx.AsyncClient) -> None:
        await add_device(staff)
        await assign(staff, valid_from="2021-01-01T00:00:00+02:00")
        answer = await staff.patch("/v1/devices/T-1", json={"name": "hall", "retired_at": "2021-06-01T00:00:00+03:00"})
        assert answer.json()["states"] == ["retired"]
        assert answer.json()["assignments"][0]["valid_to"] == "2021-05-31T21:00:00Z"
        assert (await staff.get("/v1/devices")).json()["items"] == []
        retired = (await staff.get("/v1/devices", params={"state": "retired"})).json()["items"]
        assert [device["name"] for device in retired] == ["hall"]

    async def test_the_list_is_paged_by_code(self, staff: httpx.AsyncClient) -> None:
        for number in (3, 1, 2):
            await add_device(staff, f"T-{number}")
        first = (await staff.get("/v1/devices", params={"limit": 2})).json()
        second = (await staff.get("/v1/devices", params={"limit": 2, "cursor": first["next"]})).json()
        codes = [device["code"] for device in first["items"] + second["items"]]
        assert (codes, second["next"]) == (["T-1", "T-2", "T-3"], None)
        wrong = await staff.get("/v1/devices", params={"cursor": "***"})
        assert wrong.status_code == 422


class TestAssignments:
    async def test_the_next_one_ends_the_one_before(self, staff: httpx.AsyncClient) -> None:
        await add_device(staff)
        await assign(staff, valid_from="2021-01-01T00:00:00Z")
        device = await assign(staff, "senior-info", valid_from="2021-05-01T00:00:00Z")
        assert [(stay["service_point"], stay["valid_to"]) for stay in device["assignments"]] == [
            ("oral-health", "2021-05-01T00:00:00Z"),
            ("senior-info", None),
        ]

    async def test_two_places_at_once_are_refused(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        await add_device(staff)
        await assign(staff, valid_from="2021-03-01T00:00:00Z", valid_to="2021-04-01T00:00:00Z")
        body = {
            "service_point": "senior-info",
            "valid_from": "2021-02-01T00:00:00Z",
            "valid_to": "2021-03-02T00:00:00Z",
        }
        answer = await staff.post("/v1/devices/T-1/assignments", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "assignment_overlaps")
        # Half-open: one may begin in the instant the other ends.
        body["valid_to"] = "2021-03-01T00:00:00Z"
        assert (await staff.post("/v1/devices/T-1/assignments", json=body)).status_code == 201
        with pytest.raises(IntegrityError, match="one_place_at_a_time"):
            await session.execute(
                text(
                    "INSERT INTO device_assignment (id, device_code, service_point_code, valid_from, created_at)"
                    " VALUES (gen_random_uuid(), 'T-1', 'senior-info', '2021-03-15Z', now())"
                )
            )

    async def test_what_is_counted_does_not_move(self, staff: httpx.AsyncClient) -> None:
        await add_device(staff)
        await assign(staff, valid_from="2021-01-01T00:00:00Z")
        await send_lines(staff, [line(device="T-1")])
        body = {"service_point": "senior-info", "valid_from": "2021-05-01T00:00:00Z"}
        answer = await staff.post("/v1/devices/T-1/assignments", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "already_counted")
        body["valid_from"] = "2021-05-04T06:30:01Z"
        assert (await staff.post("/v1/devices/T-1/assignments", json=body)).status_code == 201

    async def test_an_end_before_the_beginning_is_refused(self, staff: httpx.AsyncClient) -> None:
        await add_device(staff)
        body = {
            "service_point": "oral-health",
            "valid_from": "2021-05-01T00:00:00Z",
            "valid_to": "2021-05-01T00:00:00Z",
        }
        answer = await staff.post("/v1/devices/T-1/assignments", json=body)
        assert "valid_to" in reasons(answer)


class TestStates:
    async def test_a_heartbeat_tells_life_battery_and_clock(self, staff: httpx.AsyncClient) -> None:
        await add_device(staff)
        await assign(staff, valid_from=ago(days=1).isoformat())
        behind = await staff.post(
            "/v1/devices/T-1/heartbeats", json={"device_time": ago(days=365).isoformat(), "battery_percent": 12}
        )
        device = behind.json()
        assert device["battery_percent"] == 12
        assert device["last_seen_at"] is not None
        assert abs(device["clock_offset_seconds"] + 365 * 86_400) < 60
        assert device["states"] == ["skewed"]
        right = await staff.post("/v1/devices/T-1/heartbeats", json={"device_time": ago(seconds=1).isoformat()})
        assert (right.json()["states"], right.json()["battery_percent"]) == (["ok"], 12)

    async def test_a_device_pressed_daily_is_silent_after_days_without_a_press(self, staff: httpx.AsyncClient) -> None:
        for code, last in (("T-1", 1), ("T-2", 5)):
            await add_device(staff, code)
            await assign(staff, device=code, valid_from=ago(days=60).isoformat())
            await press(staff, *(ago(days=number) for number in range(last, 40)), device=code)
        assert (await device_of(staff, "T-1"))["states"] == ["ok"]
        silent = (await staff.get("/v1/devices", params={"state": "silent"})).json()["items"]
        assert [device["code"] for device in silent] == ["T-2"]
        assert silent[0]["pattern"]["open_weekdays"] == [1, 2, 3, 4, 5, 6, 7]

    async def test_a_device_that_was_never_pressed_is_silent_after_a_while(self, staff: httpx.AsyncClient) -> None:
        for code, days in (("T-1", 3), ("T-2", 30)):
            await add_device(staff, code)
            await assign(staff, device=code, valid_from=ago(days=days).isoformat())
        silent = (await staff.get("/v1/devices", params={"state": "silent"})).json()["items"]
        assert [device["code"] for device in silent] == ["T-2"]

    async def test_a_clock_a_year_ahead_is_refused_and_seen(self, staff: httpx.AsyncClient) -> None:
        await add_device(staff)
        await assign(staff, valid_from=ago(days=1).isoformat())
        [result] = await press(staff, ago(days=-365))
        assert (result["status"], result["invalid_params"][0]["name"]) == ("refused", "given_at")
        device = await device_of(staff)
        assert device["states"] == ["skewed"]
        assert abs(device["clock_offset_seconds"] - 365 * 86_400) < 60
        assert device["last_press_at"] is None

    async def test_a_clock_a_year_behind_is_held_for_it_stood_nowhere_then(self, staff: httpx.AsyncClient) -> None:
        await add_device(staff)
        await assign(staff, valid_from=ago(days=1).isoformat())
        [result] = await press(staff, ago(days=365))
        assert (result["status"], result["code"]) == ("held", "unassigned_device")
