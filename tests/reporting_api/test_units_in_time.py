"""Figures of units over a merger: by the organisation of the time, and by today's."""

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.catalogue.checks import CatalogueFileError, check_successors
from services.shared.catalogue import Catalogue, UnitsAs
from services.shared.tables import Unit
from tests.reporting_api.factories import add_feedback

pytestmark = pytest.mark.anyio


IN_PREVIOUS_QUARTER = datetime(2019, 2, 12, 9, tzinfo=UTC)


def unit(code: str, parent: str | None, successor: str | None = None, valid_to: date | None = None) -> Unit:
    return Unit(
        code=code,
        parent_code=parent,
        kind="service",
        names={"fi": code},
        aliases=[],
        valid_from=date(2000, 1, 1),
        valid_to=valid_to,
        successor_code=successor,
    )


def catalogue_of(units: list[Unit]) -> Catalogue:
    empty: dict[str, Any] = {name: {} for name in Catalogue.__dataclass_fields__}
    return Catalogue(**{**empty, "units": {one.code: one for one in units}})


@given(st.data())
def test_every_record_is_of_exactly_one_top_branch_either_way(data: st.DataObject) -> None:
    """Random trees with ends and mergers: the branches below the top share out all units, then and today."""
    size = data.draw(st.integers(2, 12))
    units = [unit("top", None)]
    for number in range(1, size):
        parent = data.draw(st.sampled_from([one.code for one in units]))
        # A successor of a lower number: no chain comes back to where it began.
        successor = data.draw(st.sampled_from([None, *(one.code for one in units[1:])])) if number > 1 else None
        units.append(unit(f"u{number}", parent, successor, date(2020, 1, 1) if successor else None))
    catalogue = catalogue_of(units)
    tops = [one.code for one in units if one.parent_code == "top"]
    for units_as in UnitsAs:
        shares = [catalogue.branch(code, units=units_as) for code in tops]
        assert sum(len(share) for share in shares) == len(units) - 1
        assert catalogue.branch("top", units=units_as) == {one.code for one in units}


@pytest.fixture
async def merged(session: AsyncSession) -> None:
    """Two stations, one of them under oral health, become one under health stations."""
    for one in (
        unit("new-station", "health-stations"),
        unit("old-station-a", "health-stations", "new-station", date(2019, 4, 1)),
        unit("old-station-b", "oral-health", "new-station", date(2019, 4, 1)),
    ):
        session.add(one)
        await session.flush()
    for code, number in (("old-station-a", 3), ("old-station-b", 2), ("new-station", 4), ("oral-health", 1)):
        for _ in range(number):
            await add_feedback(session, unit_code=code)


async def received(reader: httpx.AsyncClient, **query: str) -> int:
    answer = await reader.get("/v1/quarters/2019-Q2", params=query)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["unit"]["units"] == query.get("units", "as_then")
    return int(body["feedback"]["received"]["value"])


@pytest.mark.usefixtures("merged")
async def test_a_merger_seen_both_ways(anyone: httpx.AsyncClient) -> None:
    assert await received(anyone, unit="oral-health") == 3
    assert await received(anyone, unit="oral-health", units="as_today") == 1
    assert await received(anyone, unit="health-stations") == 7
    assert await received(anyone, unit="health-stations", units="as_today") == 9
    assert await received(anyone, unit="new-station") == 4
    assert await received(anyone, unit="new-station", units="as_today") == 9
    assert await received(anyone, unit="old-station-a") == 3


@pytest.mark.usefixtures("merged")
@pytest.mark.parametrize(
    ("query", "is_broken"),
    [
        ({"unit": "oral-health"}, True),
        ({"unit": "health-stations"}, True),
        ({"unit": "new-station"}, True),
        ({"unit": "new-station", "units": "as_today"}, False),
        ({"unit": "home-care"}, False),
    ],
)
async def test_a_merger_between_the_periods(
    anyone: httpx.AsyncClient, session: AsyncSession, query: dict[str, str], is_broken: bool
) -> None:
    for code in ("old-station-a", "old-station-b", "new-station", "oral-health", "home-care"):
        await add_feedback(session, unit_code=code, received_at=IN_PREVIOUS_QUARTER)
    await add_feedback(session, unit_code="home-care")

    reports = {
        quarter: (await anyone.get(f"/v1/quarters/{quarter}", params=query)).json()["feedback"]["received"]
        for quarter in ("2019-Q2", "2019-Q3")
    }

    compared = reports["2019-Q2"]["previous_quarter"]
    assert compared["value"] is not None
    assert (compared["reason"] == "organisation_changed", compared["difference"] is None) == (is_broken, is_broken)
    assert reports["2019-Q2"]["same_quarter_last_year"]["reason"] == "no_data"
    # After it, both quarters lie in the same organisation.
    assert reports["2019-Q3"]["previous_quarter"]["reason"] != "organisation_changed"


@pytest.mark.usefixtures("merged")
@pytest.mark.parametrize(
    ("query", "remedy"),
    [
        ({"unit": "old-station-a", "units": "as_today"}, "new-station"),
        ({"unit": "health-stations", "units": "as_tomorrow"}, "as_today"),
    ],
)
async def test_what_cannot_be_asked(anyone: httpx.AsyncClient, query: dict[str, str], remedy: str) -> None:
    answer = await anyone.get("/v1/quarters/2019-Q2", params=query)
    assert answer.status_code in (404, 422)
    assert remedy in answer.text


@pytest.mark.parametrize(
    ("units", "reason"),
    [
        ([{"code": "a", "successor_code": "b"}, {"code": "b"}], "needs valid_to"),
        (
            [
                {"code": "a", "successor_code": "b", "valid_to": "2020-01-01"},
                {"code": "b", "successor_code": "a", "valid_to": "2020-01-01"},
            ],
            "lead back to",
        ),
    ],
)
def test_a_catalogue_that_contradicts_itself_is_not_loaded(units: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(CatalogueFileError, match=reason):
        check_successors(units)
