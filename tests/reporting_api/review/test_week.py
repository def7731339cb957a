"""The smileys by weekday and hour in the review: the index where it is public, else presses, else nothing."""

import csv
import re
from datetime import timedelta
from io import StringIO

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.language import Language
from tests.reporting_api.factories import IN_QUARTER, add_presses
from tests.reporting_api.review.conftest import draft, publish

pytestmark = pytest.mark.anyio

PAGE = "/reviews/2019-Q2"
TABLE = "/v1/editions/2019-Q2/1/tables/smileys-by-hour"
FIGURE = re.compile(r'<figure id="figure-smileys-by-hour".*?</figure>', re.DOTALL)
INDEX_TITLES = {
    Language.FI: "Tyytyväisimpiä oltiin",
    Language.SV: "Nöjdast var man",
    Language.EN: "People were happiest",
}
OTHER_DAY = IN_QUARTER + timedelta(days=1)


async def cells_of(client: httpx.AsyncClient) -> list[dict[str, str]]:
    """The cells in which there is something, from the file that the review offers."""
    answer = await client.get(TABLE, params={"format": "csv", "lang": "en"})
    assert answer.status_code == 200, answer.text
    return [row for row in csv.DictReader(StringIO(answer.text.lstrip("\ufeff"))) if row["value"] not in ("", "0")]


async def review_of(app: FastAPI, session: AsyncSession, client: httpx.AsyncClient) -> str:
    await draft(app)
    await publish(session)
    return (await client.get(PAGE, params={"lang": "en"})).text


@pytest.mark.usefixtures("published")
async def test_the_index_is_drawn_with_the_table_of_the_same_cells(anyone: httpx.AsyncClient) -> None:
    presses, index = await cells_of(anyone)
    assert (presses["measure"], presses["value"], presses["hour"]) == ("smiley_presses", "1041", "12")
    assert (index["measure"], presses["weekday"]) == ("happy_index", str(IN_QUARTER.isoweekday()))
    # 6 × 0, 7 × 33.33, 8 × 66.67 and 1020 × 100 among 1041.
    assert index["value"] == "98.72"

    for language, title in INDEX_TITLES.items():
        found = FIGURE.search((await anyone.get(PAGE, params={"lang": language})).text)
        assert found is not None
        assert title in found[0]
        assert f">{'98.72' if language is Language.EN else '98,72'}</td>" in found[0]
        assert found[0].count('<th scope="row">') == 1


@pytest.mark.usefixtures("city")
async def test_presses_are_drawn_where_an_index_would_tell_a_single_press(
    app: FastAPI, session: AsyncSession, anyone: httpx.AsyncClient
) -> None:
    await add_presses(session, "mood", "kallio-health-station", {2: 1, 3: 30}, on=OTHER_DAY)

    page = await review_of(app, session, anyone)

    found = FIGURE.search(page)
    assert found is not None
    assert "Most feedback was given" in found[0]
    assert "Happiness by hour is not published" in found[0]
    assert {(cell["measure"], cell["value"]) for cell in await cells_of(anyone)} == {
        ("smiley_presses", "1041"),
        ("smiley_presses", "31"),
    }


@pytest.mark.usefixtures("city")
async def test_nothing_is_drawn_where_an_hour_had_few_presses(
    app: FastAPI, session: AsyncSession, anyone: httpx.AsyncClient
) -> None:
    await add_presses(session, "mood", "kallio-health-station", {3: 2}, on=OTHER_DAY)

    page = await review_of(app, session, anyone)

    assert FIGURE.search(page) is None
    assert await cells_of(anyone) == []
