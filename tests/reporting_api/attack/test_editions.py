"""Hidden counts, and who came late, recovered from all that anyone may read of three editions of a quarter: none."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.periods import PeriodKind
from tests.reporting_api.attack.collect import Said, read_hours, read_odata, read_pxweb, read_report
from tests.reporting_api.attack.constraints import SMILEYS
from tests.reporting_api.attack.editions import (
    read_archives,
    read_changes,
    read_comparison,
    read_content,
    read_tables,
)
from tests.reporting_api.attack.invented import CITY, POINTS, SURVEY, TERMINALS, invent, invent_late
from tests.reporting_api.attack.listener import Listener
from tests.reporting_api.attack.waves import Waves, questions_of, source_of, waves_counted
from tests.reporting_api.review.conftest import draft, publish

pytestmark = pytest.mark.anyio

LABEL = "2019-Q2"
LAST = 3
ALL_WAVES: Waves = frozenset({0, 1, 2})
LATE = (frozenset({1}), frozenset({2}), frozenset({1, 2}))

Counted = Mapping[str, Waves]
"""Whose records an edition counts, by survey and register."""


def of_edition(heard: Iterable[Said], counted: Counted) -> Iterable[Said]:
    """What was said, of those whom the edition counts."""
    return (replace(said, waves=counted[source_of(said, TERMINALS)]) for said in heard)


async def as_published(client: httpx.AsyncClient, version: int) -> AsyncIterator[Iterable[Said]]:
    """What is read of the quarter at the same addresses as ever, of the last version in more ways."""
    yield await read_report(client, PeriodKind.QUARTER, LABEL, CITY)
    for number, table in enumerate(("survey-options", "smileys-by-hour", "themes-by-type", "ombudsman-by-reason")):
        if number < version:
            yield await (read_pxweb if (number + version) % 2 else read_odata)(client, table, CITY)
    if version == LAST:
        yield await read_report(client, PeriodKind.MONTH, "2019-06", CITY)
        yield await read_report(client, PeriodKind.YEAR, "2019", CITY)
        yield await read_hours(client, PeriodKind.QUARTER, LABEL, CITY)
        for unit in ("health-stations", "kallio-health-station"):
            branch = frozenset(point for point, above in POINTS.items() if unit in above)
            yield await read_report(client, PeriodKind.QUARTER, LABEL, branch, unit=unit)


async def of_version(client: httpx.AsyncClient, version: int) -> AsyncIterator[tuple[int, Iterable[Said]]]:
    """All of a version, with the version that it is said of; the first one's tables are in its content."""
    yield version, await read_content(client, f"{LABEL}/{version}", CITY)
    if version > 1:
        yield version, await read_tables(client, f"{LABEL}/{version}", CITY)
        for before, after in (
            await read_comparison(client, f"{LABEL}/{version}", CITY),
            await read_changes(client, LABEL, version, CITY),
        ):
            yield version - 1, before
            yield version, after


@pytest.mark.usefixtures("merged")
async def test_everything_public_of_three_editions(
    app: FastAPI, session: AsyncSession, anyone: httpx.AsyncClient, insider: httpx.AsyncClient
) -> None:
    waves = [invent(0), invent_late(0, 1), invent_late(0, 2)]
    listener = Listener(questions_of(waves), late=LATE)
    for version, records in enumerate(waves, 1):
        await (records.write if version == 1 else records.add)(session)
        await draft(app, LABEL, **({} if version == 1 else {"reason": "Myöhässä tulleita."}))
        await publish(session)
        counted = await waves_counted(session, LABEL, waves)
        async for said in as_published(anyone, version):
            listener.hear(of_edition(said, counted[version]))
    for version in counted:
        async for of, said in of_version(anyone, version):
            listener.hear(of_edition(said, counted[of]))

    outcome = listener.attack()

    assert len({waves for of_source in counted.values() for waves in of_source.values()}) == 3, "all alike"
    assert outcome.asked > 120
    assert outcome.found == []
    assert await read_archives(anyone) == set()
    await find_what_live_figures_would_tell(insider, listener)
    await find_what_an_unguarded_edition_tells(app, session, anyone, listener, counted[len(waves)])


async def find_what_live_figures_would_tell(insider: httpx.AsyncClient, public: Listener) -> None:
    """Beside the editions, each of these tells who came late, or a small count: so each of them is listened to."""
    readings = {
        SMILEYS: read_odata(insider, "smileys-distribution", CITY),
        f"{SURVEY}/reason": read_pxweb(insider, "survey-options", CITY),
    }
    for question, reading in readings.items():
        heard = [replace(said, waves=ALL_WAVES) for said in await reading]
        assert finds(public, question, heard), question


async def find_what_an_unguarded_edition_tells(
    app: FastAPI, session: AsyncSession, anyone: httpx.AsyncClient, public: Listener, counted: Counted
) -> None:
    """Were staff's figures published as a correction, each way to read it would tell a small count."""
    await draft(app, LABEL, reason="Myöhässä tuli 2 vastausta.")
    await session.execute(
        text("UPDATE edition SET content = internal_content, content_hash = internal_hash WHERE state = 'draft'")
    )
    await publish(session)
    edition = f"{LABEL}/4"
    before_and_after = {
        "comparison": await read_comparison(anyone, edition, CITY),
        "changes": await read_changes(anyone, LABEL, 4, CITY),
    }
    readings = {
        "content": (iter(()), await read_content(anyone, edition, CITY)),
        "tables": (iter(()), await read_tables(anyone, edition, CITY)),
        **before_and_after,
    }
    for name, (before, after) in readings.items():
        heard = [*of_edition(before, counted), *(replace(said, waves=ALL_WAVES) for said in after)]
        assert finds(public, f"{SURVEY}/reason", heard), name
    assert await read_archives(anyone) == {"2"}


def finds(public: Listener, question: str, heard: Iterable[Said]) -> bool:
    """Whether the attack knows some small count of the question, given this besides all that is public."""
    listener = Listener({question: public.questions[question]}, dict(public.heard), LATE)
    listener.hear(heard)
    return bool(listener.attack().found)
