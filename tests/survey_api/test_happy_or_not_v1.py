"""Pulls from v1: whole hours replaced and never added, both spellings of zones, and the true order of buttons."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from tests.survey_api.factories import add_survey, histogram
from tests.survey_api.happy_or_not import (
    V1,
    configure,
    entry,
    pull,
    put_mapping,
    run_queued,
    snapshot,
    state,
    terminal_survey,
    waiting,
)
from tests.survey_api.vendor_server import Cut, Vendor, running

pytestmark = pytest.mark.anyio

DAYS = {"from_day": "2026-03-01", "to_day": "2026-03-31"}
NINE = "2026-03-02T09:00:00.000+0200"


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    library = {
        "key": "library",
        "name": "Library",
        "surveys": [{"key": "S1", "question": {"name": "How was it?"}, "feedbackScale": "FOUR"}],
    }
    vendor = Vendor(
        folders={"key": "root", "name": "Helsinki", "folders": [library]},
        v1_hours={"S1": [hour(NINE, 1, 0, 2, 9), hour("2026-03-02T08:00:00.000+02:00", 0, 1, 0, 3)]},
    )
    with running(vendor):
        yield vendor


def hour(ts: str, *counts: int) -> dict[str, Any]:
    return {"ts": ts, "data": list(counts)}


def presses(*counts: int) -> list[dict[str, Any]]:
    """Single presses of the hour, by button from the most negative."""
    return [
        {"ts": f"2026-03-02T09:{number:02}:00.000+0200", "r": button}
        for button, count in enumerate(counts)
        for number in range(count)
    ]


def v1_entry(**more: Any) -> dict[str, Any]:
    v1 = {"generation": "v1", "survey_id": "S1", "points": {"library": "ruskeasuo-dental-clinic"}}
    return entry(comment=None, follow_up=None, options={}, **v1) | more


@pytest.fixture(autouse=True)
async def survey(app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor) -> None:
    configure(app, vendor, **V1)
    await add_survey(staff, **terminal_survey())


async def counted(session: AsyncSession) -> dict[tuple[str, int], int]:
    return {key: number for key, number in (await histogram(session, "terminals")).items() if number}


class TestHours:
    async def test_they_wait_until_mapped_and_are_counted(
        self, app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await pull(app, staff, **DAYS)
        assert await waiting(staff) == {"unmapped_survey": 2}
        [row] = (await state(staff))["waiting"]
        assert (row["generation"], row["point"], row["question"]) == ("v1", "Library", "How was it?")
        await put_mapping(staff, v1_entry())
        await run_queued(app)
        assert await waiting(staff) == {}
        assert await counted(session) == {
            ("_responses", 1): 16,
            ("satisfaction", 0): 1,
            ("satisfaction", 1): 1,
            ("satisfaction", 2): 2,
            ("satisfaction", 3): 12,
        }

    async def test_an_hour_is_replaced_and_never_added(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, v1_entry())
        await pull(app, staff, **DAYS)
        await pull(app, staff, **DAYS)
        # The terminal has delivered the rest of nine o'clock; of eight o'clock all was misuse.
        vendor.v1_hours["S1"] = [hour(NINE, 2, 0, 2, 10)]
        await pull(app, staff, **DAYS)
        assert await counted(session) == {
            ("_responses", 1): 14,
            ("satisfaction", 0): 2,
            ("satisfaction", 2): 2,
            ("satisfaction", 3): 10,
        }

    async def test_the_repeated_hour_of_autumn_is_two(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, v1_entry())
        vendor.v1_hours["S1"] = [
            hour("2025-10-26T03:00:00.000+0300", 0, 0, 0, 5),
            hour("2025-10-26T03:00:00.000+0200", 0, 0, 0, 7),
            hour("2025-10-26T23:00:00.000+0200", 0, 0, 0, 1),
        ]
        await pull(app, staff, from_day="2025-10-26", to_day="2025-10-26")
        by_hour = "SELECT given_hour, sum(count)::int FROM answer_histogram WHERE question_code = 'satisfaction'"
        rows = await session.execute(text(f"{by_hour} GROUP BY given_hour HAVING sum(count) > 0 ORDER BY 1"))
        assert [tuple(row) for row in rows] == [(3, 12), (23, 1)]

    async def test_rows_that_cannot_be_read_are_told(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, v1_entry())
        vendor.v1_hours["S1"] += [hour("2026-03-02T10:30:00.000+0200", 0, 0, 0, 1), hour(NINE, -1, 0, 0, 0)]
        ended = await pull(app, staff, **DAYS)
        assert ended["counts"]["unreadable"] == 2
        assert (await counted(session))["_responses", 1] == 16

    async def test_other_scales_wait(self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor) -> None:
        await put_mapping(staff, v1_entry())
        vendor.v1_hours["S1"] = [hour(NINE, 1, 2, 3, 4, 5)]
        await pull(app, staff, **DAYS)
        assert await waiting(staff) == {"scale_mismatch": 1}


class TestButtonOrder:
    async def test_single_presses_that_agree_confirm_it(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor
    ) -> None:
        await put_mapping(staff, v1_entry())
        vendor.v1_presses["S1"] = presses(1, 0, 2, 9)
        await pull(app, staff, **DAYS)
        assert [row["order_check"] for row in (await state(staff))["surveys"]] == ["confirmed"]
        assert await waiting(staff) == {}

    async def test_a_contradicted_order_counts_nothing_until_it_is_turned(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, v1_entry())
        vendor.v1_presses["S1"] = presses(9, 2, 0, 1)
        await pull(app, staff, **DAYS)
        assert await waiting(staff) == {"button_order_contradicted": 2}
        assert await counted(session) == {}
        await put_mapping(staff, v1_entry(index_order="positive_first"))
        await run_queued(app)
        assert await waiting(staff) == {}
        assert await counted(session) == {
            ("_responses", 1): 16,
            ("satisfaction", 0): 12,
            ("satisfaction", 1): 2,
            ("satisfaction", 2): 1,
            ("satisfaction", 3): 1,
        }


@pytest.mark.parametrize("fault", [Cut(None), Cut(0.5), 500], ids=["before", "middle", "500"])
@pytest.mark.parametrize("number", range(3), ids=["folders", "results", "raw results"])
async def test_an_interrupted_pull_changes_nothing_of_the_next(
    app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, connection: AsyncConnection, number: int, fault: object
) -> None:
    vendor.v1_presses["S1"] = presses(1, 0, 2, 9)
    await put_mapping(staff, v1_entry())
    await run_queued(app)
    undone = await connection.begin_nested()
    await pull(app, staff, **DAYS)
    expected = await snapshot(connection)
    await undone.rollback()
    asked = len(vendor.requests)
    vendor.fault = lambda request, _path: fault if request == asked + number else None
    assert (await pull(app, staff, **DAYS))["state"] == "failed"
    assert (await pull(app, staff, **DAYS))["state"] == "finished"
    assert await snapshot(connection) == expected
