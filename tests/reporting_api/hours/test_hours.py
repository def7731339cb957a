"""The smileys of a period by weekday and hour: counted by hand, and shown to the public only where no hour has few."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.tables import AnswerHistogram
from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import add_survey

pytestmark = pytest.mark.anyio

MONDAY = date(2019, 5, 13)
"""Of week 20 of 2019."""

MOOD = {"mood": {"kind": "smiley_4"}}
QUARTERS = ("2019-Q1", "2019-Q2")
RUSKEASUO, KALLIO = "ruskeasuo-dental-clinic", "kallio-health-station"


async def press(
    session: AsyncSession,
    histogram: dict[int, int],
    *,
    on: date = MONDAY,
    hour: int = 9,
    point: str = RUSKEASUO,
    question: str = "mood",
) -> None:
    session.add_all(
        [
            AnswerHistogram(
                service_point_code=point,
                survey_code="smileys",
                question_code=question,
                given_on=on,
                given_hour=hour,
                version=1,
                collection_mode="device",
                value=value,
                count=count,
            )
            for value, count in histogram.items()
        ]
    )
    await session.flush()


def hour_of(body: dict[str, Any], weekday: int, hour: int) -> dict[str, Any]:
    return next(it for it in body["hours"] if (it["weekday"], it["hour"]) == (weekday, hour))


@pytest.fixture
async def city(session: AsyncSession) -> None:
    await add_survey(session, "smileys", "smiley", MOOD)
    await press(session, {3: 10, 2: 10})
    await press(session, {0: 20}, on=MONDAY + timedelta(days=1), hour=16)
    await press(session, {3: 2}, on=MONDAY + timedelta(days=6), hour=11)
    await press(session, {1: 5}, on=MONDAY - timedelta(days=7))
    await press(session, {3: 100}, on=MONDAY + timedelta(days=7))


async def test_each_hour_has_its_presses_and_index_beside_those_of_the_week_before(city: None, read: Read) -> None:
    body = await read("/v1/weeks/2019-W20/smileys")
    assert len(body["hours"]) == 7 * 24
    monday_at_nine = hour_of(body, 1, 9)
    assert monday_at_nine["current"] == {
        "presses": 20,
        "happy_index": 83.33,
        "smiley_mean": 4.33,
        "status": "final",
        "suppression_reason": None,
    }
    assert (monday_at_nine["previous"]["presses"], monday_at_nine["previous"]["happy_index"]) == (5, 33.33)
    assert hour_of(body, 7, 11)["current"]["presses"] == 2
    empty = hour_of(body, 3, 3)["current"]
    assert (empty["presses"], empty["happy_index"], empty["status"]) == (0, None, "not_available")
    assert body["current"]["period"]["label"] == "2019-W20"
    assert body["previous"]["period"]["label"] == "2019-W19"
    assert body["current"]["presses"] == 42
    assert body["current"]["happy_index"] == round((12 * 100 + 10 * 200 / 3) / 42, 2) == 44.44


async def test_the_best_and_the_worst_hour_have_enough_presses(city: None, read: Read) -> None:
    body = await read("/v1/weeks/2019-W20/smileys")
    best, worst = {"happy_index": 83.33, "smiley_mean": 4.33}, {"happy_index": 0.0, "smiley_mean": 1.0}
    assert body["current"]["best_hour"] == {"weekday": 1, "hour": 9, "presses": 20} | best
    assert body["current"]["worst_hour"] == {"weekday": 2, "hour": 16, "presses": 20} | worst
    assert body["previous"]["best_hour"] is None, "five presses are too few, and one hour is no ranking"


async def test_presses_judged_misuse_are_told_apart(city: None, session: AsyncSession, read: Read) -> None:
    await press(session, {1: 7}, question="_misuse")
    await press(session, {1: 42}, question="_responses")
    body = await read("/v1/weeks/2019-W20/smileys")
    assert (body["current"]["presses"], body["current"]["left_out"], body["previous"]["left_out"]) == (42, 7, 0)


async def test_a_branch_holds_its_service_points_and_a_point_only_itself(
    city: None, session: AsyncSession, read: Read
) -> None:
    await press(session, {3: 30}, point=KALLIO)
    presses = {
        name: (await read("/v1/weeks/2019-W20/smileys", **{name: code}))["current"]["presses"]
        for name, code in (("unit", "oral-health"), ("service_point", KALLIO))
    }
    assert presses == {"unit": 42, "service_point": 30}
    assert (await read("/v1/weeks/2019-W20/smileys"))["current"]["presses"] == 72
    assert (await read("/v1/weeks/2019-W20/smileys", service_point="oral-health"))["current"]["presses"] == 0


async def test_the_grid_adds_up_to_the_reports_figures(city: None, read: Read) -> None:
    grid, report = await read("/v1/quarters/2019-Q2/smileys"), await read("/v1/quarters/2019-Q2")
    assert sum(it["current"]["presses"] for it in grid["hours"]) == report["smileys"]["presses"]["value"]
    assert grid["current"]["happy_index"] == report["smileys"]["happy_index"]["value"]


async def test_both_a_unit_and_a_point_are_refused(anyone: httpx.AsyncClient) -> None:
    answer = await anyone.get("/v1/weeks/2019-W20/smileys?unit=oral-health&service_point=ruskeasuo-dental-clinic")
    assert (answer.status_code, answer.json()["code"]) == (422, "unit_or_service_point")


@pytest.mark.parametrize("address", ["weeks/2019-W20", "months/2019-05", "years/2019", "quarters/2019-Q2"])
async def test_the_public_sees_nothing_where_an_hour_has_few(city: None, read_publicly: Read, address: str) -> None:
    body = await read_publicly(f"/v1/{address}/smileys")
    reason = "small_counts" if address.startswith("quarters") else "detail"
    shown = [it["current"] for it in body["hours"]]
    assert {(it["presses"], it["happy_index"], it["status"]) for it in shown} == {(None, None, "suppressed")}
    assert {it["current"]["suppression_reason"] for it in body["hours"]} == {reason}
    total = body["current"]
    assert [total[name] for name in ("presses", "happy_index", "left_out", "best_hour", "worst_hour")] == [None] * 5


async def test_the_public_sees_a_quarter_whose_every_hour_has_enough(
    session: AsyncSession, read_publicly: Read
) -> None:
    await add_survey(session, "smileys", "smiley", MOOD)
    await press(session, {3: 10, 2: 10})
    await press(session, {0: 20, 3: 5}, hour=16)
    body = await read_publicly("/v1/quarters/2019-Q2/smileys")
    assert hour_of(body, 1, 9)["current"]["happy_index"] == 83.33
    assert body["current"]["worst_hour"]["hour"] == 16
    of_unit = await read_publicly("/v1/quarters/2019-Q2/smileys", unit="oral-health")
    assert of_unit["current"]["suppression_reason"] == "detail"


async def test_the_public_sees_volumes_where_a_button_of_an_hour_is_rare(
    session: AsyncSession, read_publicly: Read
) -> None:
    await add_survey(session, "smileys", "smiley", MOOD)
    await press(session, {3: 10, 2: 10, 1: 1})
    await press(session, {0: 20, 1: 9}, hour=16)
    body = await read_publicly("/v1/quarters/2019-Q2/smileys")
    assert hour_of(body, 1, 9)["current"] == {
        "presses": 21,
        "happy_index": None,
        "smiley_mean": None,
        "status": "suppressed",
        "suppression_reason": "small_counts",
    }


@pytest.mark.parametrize(
    ("presses", "hidden"),
    [
        pytest.param(({3: 10, 2: 10}, {0: 20, 3: 5}), 0, id="shown"),
        pytest.param(({3: 10, 2: 10, 1: 1}, {0: 20, 1: 9}), 168, id="rare-button"),
        pytest.param(({3: 10, 2: 10}, {0: 2}), 336, id="rare-hour"),
    ],
)
async def test_the_table_says_what_the_grid_says(
    session: AsyncSession,
    read: Read,
    read_publicly: Read,
    presses: tuple[dict[int, int], dict[int, int]],
    hidden: int,
) -> None:
    await add_survey(session, "smileys", "smiley", MOOD)
    await press(session, presses[0])
    await press(session, presses[1], hour=16)
    await press(session, {3: 30}, on=MONDAY - timedelta(days=91))
    suppressed = {"$filter": "status eq 'suppressed'", "$count": "true"}
    for ask, hidden_from in ((read, 0), (read_publicly, hidden)):
        for unit in ({}, {"unit": "oral-health"}):
            grids = {label: (await ask(f"/v1/quarters/{label}/smileys", **unit))["hours"] for label in QUARTERS}
            table = await ask("/v1/quarters/2019-Q2/tables/smileys-by-hour", series="2", **unit)
            assert cells_of_table(table) == {
                (label, str(it["weekday"]), str(it["hour"]), measure): it["current"][name]
                for label, hours in grids.items()
                for it in hours
                for measure, name in (("smiley_presses", "presses"), ("happy_index", "happy_index"))
            }
        assert (await ask("/odata/v4/smileys_by_hour", **suppressed))["@odata.count"] == hidden_from


def cells_of_table(table: dict[str, Any]) -> dict[tuple[str, ...], float | None]:
    return {tuple(it[name] for name in ("period", "weekday", "hour", "measure")): it["value"] for it in table["rows"]}
