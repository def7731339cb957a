"""Series of figures: each point is what the report of its own period says, and what is hidden there is hidden here."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import (
    IN_LAST_YEAR,
    IN_PREVIOUS,
    Questions,
    add_answers,
    add_feedback,
    add_responses,
    add_survey,
)

pytestmark = pytest.mark.anyio

QUARTERS = ["2018-Q2", "2018-Q3", "2018-Q4", "2019-Q1", "2019-Q2"]
CHOICE: Questions = {"way": {"kind": "single_choice", "purpose": "other", "options": {1: "phone", 2: "visit"}}}
SAID = ("value", "count", "base", "interval", "status", "suppression_reason")


@pytest.fixture(autouse=True)
async def city(session: AsyncSession) -> None:
    for _ in range(12):
        await add_feedback(session)
    await add_survey(session, "clients", "questionnaire", CHOICE)
    for day, numbers in (
        (date(2019, 5, 2), {1: 30, 2: 20}),
        (IN_PREVIOUS, {1: 10, 2: 3}),
        (IN_LAST_YEAR, {1: 9, 2: 9}),
    ):
        await add_responses(session, "clients", sum(numbers.values()), on=day)
        await add_answers(session, "clients", "way", numbers, on=day)


def figures(node: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """The figures of a report by where they stand; written without the service's own walk."""
    if isinstance(node, dict):
        if "measure" in node:
            yield place, node
        else:
            for name, below in node.items():
                yield from figures(below, (*place, name))
    elif isinstance(node, list):
        for entry in node:
            yield from figures(entry, (*place, str(entry.get("code")) if isinstance(entry, dict) else ""))


@pytest.mark.parametrize("is_public", [True, False])
async def test_each_point_is_the_figure_of_its_own_period(read: Read, read_publicly: Read, is_public: bool) -> None:
    ask = read_publicly if is_public else read
    reports = {quarter: dict(figures(await ask(f"/v1/quarters/{quarter}"))) for quarter in QUARTERS}

    with_series = dict(figures(await ask(series=str(len(QUARTERS)))))

    assert with_series.keys() == reports["2019-Q2"].keys()
    for place, figure in with_series.items():
        expected = [
            {"period": quarter}
            | {name: of_quarter[place][name] for name in SAID}
            | {name: of_quarter[place]["previous_quarter"][name] for name in ("change", "reason")}
            for quarter, of_quarter in reports.items()
            if place in of_quarter
        ]
        assert figure["series"] == expected, place
        assert {name: figure[name] for name in SAID} == {name: reports["2019-Q2"][place][name] for name in SAID}
    assert len(with_series["feedback", "received"]["series"]) == len(QUARTERS)


async def test_what_is_hidden_in_its_quarter_is_hidden_in_the_series(read_publicly: Read, read: Read) -> None:
    place = ("surveys", "clients", "questions", "way", "options", "visit", "share")

    public = {point["period"]: point for point in dict(figures(await read_publicly(series="5")))[place]["series"]}
    staff = {point["period"]: point for point in dict(figures(await read(series="5")))[place]["series"]}

    assert (public["2019-Q1"]["status"], public["2019-Q1"]["value"]) == ("suppressed", None)
    assert (staff["2019-Q1"]["value"], staff["2019-Q1"]["count"]) == (23.1, 3)
    assert public["2018-Q2"]["value"] == 50.0


async def test_without_being_asked_there_is_none(read: Read) -> None:
    assert {figure["series"] is None for _, figure in figures(await read())} == {True}


async def test_of_months_and_years(read: Read) -> None:
    month = await read("/v1/months/2019-05", series="3")
    assert [point["period"] for point in month["feedback"]["received"]["series"]] == ["2019-03", "2019-04", "2019-05"]
    year = await read("/v1/years/2019", series="2")
    assert [point["period"] for point in year["feedback"]["received"]["series"]] == ["2018", "2019"]


@pytest.mark.parametrize("series", ["0", "-1", "41", "many", "1.5"])
async def test_a_wrong_number_of_periods(anyone: httpx.AsyncClient, series: str) -> None:
    answer = await anyone.get("/v1/quarters/2019-Q2", params={"series": series})
    assert answer.status_code == 422
    assert [one["name"] for one in answer.json()["invalid_params"]] == ["series"]
