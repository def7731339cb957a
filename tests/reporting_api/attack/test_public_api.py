"""Hidden counts recovered from all that anyone may read of the public API: none."""

import os
from collections.abc import AsyncIterator, Iterable

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.tables.definitions import TABLES
from services.shared.catalogue import UnitsAs, read_catalogue
from services.shared.periods import PeriodKind
from tests.reporting_api.attack.collect import Said, read_hours, read_odata, read_pxweb, read_report, read_table
from tests.reporting_api.attack.constraints import FEEDBACK
from tests.reporting_api.attack.demonstration import demonstration
from tests.reporting_api.attack.invented import CITY, SUCCESSOR, SURVEY, branches, invent
from tests.reporting_api.attack.listener import Listener

pytestmark = pytest.mark.anyio

SEEDS = range(1 + int(os.environ.get("KATSAUS_ATTACK_CITIES", "40")) // 500)

QUARTER, MONTH, WEEK, YEAR = PeriodKind.QUARTER, PeriodKind.MONTH, PeriodKind.WEEK, PeriodKind.YEAR


async def everything(client: httpx.AsyncClient, seed: int) -> AsyncIterator[Iterable[Said]]:
    """Every way to read two quarters, their months and their year, of the whole city and of every unit."""
    yield await read_report(client, QUARTER, "2019-Q2", CITY, series="2")
    yield await read_report(client, QUARTER, "2020-Q2", CITY)
    yield await read_report(client, YEAR, "2019", CITY)
    yield await read_report(client, MONTH, "2019-06", CITY, series="6")
    yield await read_report(client, WEEK, "2019-W13", CITY, series="4")
    for code, units, branch in branches():
        for kind, label in ((QUARTER, "2019-Q2"), (YEAR, "2019")):
            yield await read_report(client, kind, label, branch, unit=code, units=units)
    yield await read_report(client, MONTH, "2019-06", CITY & {SUCCESSOR}, unit=SUCCESSOR, series="3")
    for number, table in enumerate(TABLES):
        yield await read_in_one_way(client, table, (number + seed) % 4)
    for kind, label in ((QUARTER, "2019-Q2"), (MONTH, "2019-06"), (YEAR, "2019"), (WEEK, "2019-W13")):
        yield await read_hours(client, kind, label, CITY)
    yield await read_hours(client, QUARTER, "2019-Q2", CITY & {SUCCESSOR}, service_point=SUCCESSOR)


async def read_in_one_way(client: httpx.AsyncClient, table: str, way: int) -> Iterable[Said]:
    """As rows, as a cube, by PxWeb or by OData."""
    if way == 0:
        return await read_table(client, QUARTER, "2019-Q2", table, CITY, series="2")
    if way == 1:
        return await read_table(client, QUARTER, "2019-Q2", table, CITY, series="2", format="json-stat")
    return await (read_pxweb if way == 2 else read_odata)(client, table, CITY)


@pytest.mark.usefixtures("merged")
@pytest.mark.parametrize("seed", SEEDS)
async def test_everything_public_of_an_invented_city(
    session: AsyncSession, anyone: httpx.AsyncClient, insider: httpx.AsyncClient, seed: int
) -> None:
    records = invent(seed)
    await records.write(session)
    listener = Listener(records.questions())
    async for said in everything(anyone, seed):
        listener.hear(said)

    outcome = listener.attack()

    assert any(said.count for said in listener.heard), "nothing is shown"
    assert outcome.asked > 200
    assert outcome.found == []
    if seed == 0:
        await find_what_more_would_tell(insider, listener)


async def find_what_more_would_tell(insider: httpx.AsyncClient, public: Listener) -> None:
    """With one answer more than is public, the attack knows some small count: so each of them is listened to."""
    point = "malmi-health-station"
    more = {
        "smileys": [
            read_report(insider, MONTH, "2019-02", CITY, series="2"),
            read_report(insider, QUARTER, "2019-Q2", CITY & {point}, unit=point),
            read_hours(insider, QUARTER, "2019-Q2", CITY),
        ],
        f"{SURVEY}/reason": [
            read_table(insider, QUARTER, "2019-Q2", "survey-options", CITY),
            read_pxweb(insider, "survey-options", CITY),
        ],
        FEEDBACK: [read_odata(insider, "feedback-by-topic-and-type", CITY)],
    }
    for question, readings in more.items():
        for number, reading in enumerate(readings):
            listener = Listener({question: public.questions[question]}, dict(public.heard))
            listener.hear(await reading)
            assert listener.attack().found, f"{question} {number}"


READ_OF_DEMONSTRATION = [
    (QUARTER, "2021-Q2", "5"),
    (YEAR, "2021", "1"),
    (MONTH, "2021-06", "6"),
    (WEEK, "2021-W13", "1"),
    (WEEK, "2021-W20", "1"),
]


async def test_everything_public_of_the_demonstration(session: AsyncSession, anyone: httpx.AsyncClient) -> None:
    records = demonstration()
    await records.write(session)
    listener = Listener(records.questions())
    catalogue = await read_catalogue(session)
    everyone = frozenset(catalogue.units)
    for kind, label, series in READ_OF_DEMONSTRATION:
        listener.hear(await read_report(anyone, kind, label, everyone, series=series))
    places = {unit for _, _, unit, *_ in records.answers} | {item.unit for item in records.feedback}
    for code in sorted({code for code in catalogue.units if catalogue.branch(code) & places}):
        for units in UnitsAs:
            branch = catalogue.branch(code, units=units)
            listener.hear(await read_report(anyone, QUARTER, "2021-Q2", branch, unit=code, units=units))
    for table in ("survey-options", "themes-by-type", "feedback-by-topic-and-type", "ombudsman-by-reason"):
        listener.hear(await read_pxweb(anyone, table, everyone))
    for quarter in ("2020-Q2", "2021-Q2"):
        listener.hear(await read_hours(anyone, QUARTER, quarter, everyone))

    outcome = listener.attack()

    assert sum(said.count is not None for said in listener.heard) > 300
    assert outcome.asked > 100
    assert outcome.found == []
