"""Answers from devices and points not known yet: kept, shown, and counted once when they are."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
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
    send_lines,
)

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def survey(staff: httpx.AsyncClient) -> dict[str, Any]:
    return await add_survey(staff)


def press(device: str = "T-1", **more: Any) -> dict[str, Any]:
    sent = line(device=device, button=3, **more)
    del sent["survey"], sent["answers"]
    return sent


def vendor_row(point: str = "11:42", button: int = 0, **more: Any) -> dict[str, Any]:
    sent = line(source="happy_or_not", source_point=point, button=button, misuse=None, **more)
    del sent["survey"], sent["answers"]
    return sent


async def held(staff: httpx.AsyncClient, **params: str) -> dict[str, Any]:
    answer = await staff.get("/v1/held-answers", params=params)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


class TestDevices:
    async def test_held_until_registered_and_assigned_and_then_counted_once(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        presses = [press(), press(), press(given_at="2021-05-05T10:00:00+03:00")]
        results = await send_lines(staff, presses)
        assert [(result["status"], result["code"]) for result in results] == [("held", "unregistered_device")] * 3
        assert (await held(staff))["by_reason"] == {
            "unregistered_device": 3,
            "unassigned_device": 0,
            "unmapped_point": 0,
        }
        await add_device(staff)
        [again, *_] = await send_lines(staff, presses)
        assert (again["status"], again["code"]) == ("held", "unassigned_device")
        page = await held(staff)
        assert (page["count"], page["by_reason"]["unassigned_device"]) == (3, 3)
        assert [(key["key"], key["count"]) for key in page["by_key"]] == [("device:T-1", 3)]
        assert await histogram(session) == {}
        await assign(staff, valid_from="2021-05-05T00:00:00+03:00")
        assert (await held(staff))["count"] == 2
        await assign(staff, "senior-info", valid_from="2021-05-01T00:00:00Z", valid_to="2021-05-05T00:00:00+03:00")
        assert (await held(staff))["count"] == 0
        assert [result["status"] for result in await send_lines(staff, presses)] == ["unchanged"] * 3
        assert await histogram(session) == {("_responses", 1): 3, ("scale", 75): 3}
        places = await session.execute(text("SELECT service_point_code, count(*) FROM survey_response GROUP BY 1"))
        assert dict(places.all()) == {"oral-health": 1, "senior-info": 2}

    async def test_the_place_is_that_of_the_answers_time(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        await add_device(staff)
        await assign(staff, valid_from="2021-05-01T00:00:00Z")
        await assign(staff, "senior-info", valid_from="2021-05-04T06:30:00Z")
        late = [press(given_at="2021-05-04T06:30:00Z"), press(given_at="2021-05-04T06:29:59Z")]
        assert [result["status"] for result in await send_lines(staff, late)] == ["created", "created"]
        places = await session.execute(text("SELECT service_point_code FROM survey_response ORDER BY given_at"))
        assert list(places.scalars()) == ["oral-health", "senior-info"]

    async def test_a_held_id_with_other_content_is_refused(self, staff: httpx.AsyncClient) -> None:
        first = press()
        results = await send_lines(staff, [first, first, first | {"button": 0}])
        assert [result["status"] for result in results] == ["held", "held", "refused"]
        [again] = await send_lines(staff, [first | {"button": 1}])
        assert (again["status"], again["code"]) == ("refused", "response_conflict")
        assert (await held(staff))["count"] == 1

    async def test_texts_are_masked_before_they_are_kept(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        await send_lines(staff, [line(device="T-1", answers={"comment": "soita 040 123 4567"})])
        kept = (await session.execute(text("SELECT line::text FROM held_answer"))).scalar_one()
        assert "123 4567" not in kept

    async def test_what_is_refused_at_last_stays_with_its_reason(self, staff: httpx.AsyncClient) -> None:
        await send_lines(staff, [line(device="T-1", answers={"scale": 30}), press()])
        await add_device(staff)
        await assign(staff, valid_from="2021-05-01T00:00:00Z")
        page = await held(staff)
        assert [row["problem"]["code"] for row in page["items"]] == ["invalid_request"]
        tried = await staff.post("/v1/held-answers/release")
        assert tried.json() == {"counted": 0, "refused": 1}

    async def test_many_are_counted_batch_by_batch(
        self, app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await send_lines(staff, [press(precision="hour") for _ in range(1_201)])
        await add_device(staff)
        await assign(staff, valid_from="2021-05-01T00:00:00Z")
        assert await count(session, "held_answer") == 0
        assert await histogram(session) == {("_responses", 1): 1_201, ("scale", 75): 1_201}

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"button": 5}, "button"),
            ({"button": 11}, "button"),
            ({"service_point": "oral-health"}, "body"),
            ({"answers": {"scale": 75}}, "body"),
            ({"source_point": "42"}, "body"),
            ({"misuse": {"reason": "because"}}, "misuse.reason"),
        ],
    )
    async def test_a_wrong_field_is_refused(self, staff: httpx.AsyncClient, wrong: dict[str, Any], field: str) -> None:
        await add_device(staff)
        await assign(staff, valid_from="2021-05-01T00:00:00Z")
        [result] = await send_lines(staff, [press() | wrong])
        assert (result["status"], result["invalid_params"][0]["name"]) == ("refused", field)

    async def test_a_line_without_survey_device_or_point_is_refused(self, staff: httpx.AsyncClient) -> None:
        sent = line()
        del sent["survey"]
        [result] = await send_lines(staff, [sent])
        assert (result["status"], result["invalid_params"][0]["name"]) == ("refused", "survey")


class TestPoints:
    async def test_held_until_mapped_and_then_counted_once(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        rows = [vendor_row(), vendor_row("11:43")]
        results = await send_lines(staff, rows)
        assert [(result["status"], result["code"]) for result in results] == [("held", "unmapped_point")] * 2
        await map_point(staff)
        assert [key["key"] for key in (await held(staff))["by_key"]] == ["source:happy_or_not:11:43"]
        assert [result["status"] for result in await send_lines(staff, rows)] == ["unchanged", "held"]
        assert await histogram(session) == {("_responses", 1): 1, ("scale", 0): 1}
        mapped = (await staff.get("/v1/source-points")).json()["items"]
        assert [(row["source_point"], row["reviewed_by"]) for row in mapped] == [("11:42", "staff")]

    async def test_a_mapping_changes_only_while_nothing_is_counted(self, staff: httpx.AsyncClient) -> None:
        await map_point(staff)
        await map_point(staff, service_point="senior-info")
        await send_lines(staff, [vendor_row()])
        await map_point(staff, service_point="senior-info")
        body = {"source": "happy_or_not", "source_point": "11:42", "survey": "chat", "service_point": "oral-health"}
        answer = await staff.put("/v1/source-points", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "mapping_counted")

    async def test_another_survey_than_the_mappings_is_refused(self, staff: httpx.AsyncClient) -> None:
        await map_point(staff)
        [result] = await send_lines(staff, [vendor_row() | {"survey": "other"}])
        assert result["invalid_params"][0]["name"] == "survey"

    async def test_modes_and_precision_are_kept(self, staff: httpx.AsyncClient) -> None:
        await map_point(staff)
        rows = [vendor_row(collection_mode=mode, precision="hour") for mode in ("physical", "qr", "touchless", "email")]
        assert {result["status"] for result in await send_lines(staff, rows)} == {"created"}
        listed = (await staff.get("/v1/responses")).json()["items"]
        assert {row["collection_mode"] for row in listed} == {"physical", "qr", "touchless", "email"}
        assert {(row["source"], row["source_point"], row["precision"]) for row in listed} == {
            ("happy_or_not", "11:42", "hour")
        }


async def counted(session: AsyncSession) -> dict[tuple[str, int], int]:
    """The histogram without its noughts."""
    return {key: number for key, number in (await histogram(session)).items() if number}


FLAGGED = {"misuse": {"reason": "vendor_flag"}}


class TestVendorFlags:
    async def test_a_flagged_press_is_kept_and_not_counted_and_follows_its_flag(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await map_point(staff)
        first, second = vendor_row(button=4), vendor_row(button=4)
        assert [result["status"] for result in await send_lines(staff, [first, second | FLAGGED])] == ["created"] * 2
        assert await counted(session) == {("_responses", 1): 1, ("scale", 100): 1, ("_misuse", 1): 1}
        for sent, status, honest in [
            (second, "updated", 2),
            (second, "unchanged", 2),
            (first | FLAGGED, "updated", 1),
            (second | FLAGGED, "updated", 0),
            (second | FLAGGED, "unchanged", 0),
            (first, "updated", 1),
        ]:
            [result] = await send_lines(staff, [sent])
            assert result["status"] == status
            expected = {("_responses", 1): honest, ("scale", 100): honest, ("_misuse", 1): 2 - honest}
            assert await counted(session) == {key: number for key, number in expected.items() if number}
        assert await count(session, "survey_response") == 2

    async def test_a_line_that_says_nothing_of_misuse_changes_nothing(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await map_point(staff)
        sent = vendor_row() | FLAGGED
        await send_lines(staff, [sent])
        del sent["misuse"]
        assert [result["status"] for result in await send_lines(staff, [sent])] == ["unchanged"]
        assert await counted(session) == {("_misuse", 1): 1}

    async def test_within_a_batch_the_last_judgement_counts(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await map_point(staff)
        sent = vendor_row(button=4)
        results = await send_lines(staff, [sent | FLAGGED, sent, sent | {"button": 1}, sent | FLAGGED, sent])
        assert [result["status"] for result in results] == ["created", "updated", "refused", "updated", "updated"]
        assert await counted(session) == {("_responses", 1): 1, ("scale", 100): 1}

    async def test_a_held_flag_is_kept_up_to_date(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        sent = vendor_row(button=4)
        await send_lines(staff, [sent])
        await send_lines(staff, [sent | FLAGGED])
        await map_point(staff)
        assert await counted(session) == {("_misuse", 1): 1}
        assert await count(session, "survey_response") == 1

    async def test_every_answer_of_a_response_follows(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        sent = line(
            source="happy_or_not",
            answers={"scale": 50, "multiple": ["booking", "other"], "comment": "Hyvä", "yes_no": True},
        )
        await send_lines(staff, [sent])
        before = await counted(session)
        await send_lines(staff, [sent | FLAGGED])
        assert await counted(session) == {("_misuse", 1): 1}
        await send_lines(staff, [sent | {"misuse": None}])
        assert await counted(session) == before

    async def test_the_closing_statement_leaves_it_out(self, staff: httpx.AsyncClient) -> None:
        await map_point(staff)
        await send_lines(staff, [vendor_row(button=4), vendor_row(button=4) | FLAGGED])
        numbers = (await staff.get("/v1/quarters/2021-Q2/statement")).json()["numbers"]
        assert numbers["surveys.chat.responses"] == 1
        assert numbers["surveys.chat.scale.100"] == 1
