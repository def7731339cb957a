"""Months are counted once until one of their answers changes, and what is kept is never other than a recount."""

import random
from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from services.cli.embedded_postgres import EmbeddedPostgres
from services.reporting_api.answers.cells import Cell
from services.reporting_api.answers.repository import AnswerRepository
from services.shared.database import Database, sqlalchemy_url
from services.shared.periods import PeriodKind, parse_period
from services.shared.tables import Survey
from tests.conftest import catalogued_database
from tests.reporting_api.conftest import reading, statements_with
from tests.reporting_api.factories import add_survey

pytestmark = pytest.mark.anyio

QUARTER = parse_period(PeriodKind.QUARTER, "2021-Q2")
WEEK_OVER_TWO_QUARTERS = parse_period(PeriodKind.WEEK, "2021-W26")

RECOUNT = """
SELECT service_point_code, survey_code, question_code, version, collection_mode, value, sum(count)::bigint
FROM answer_histogram WHERE given_on >= :starts_on AND given_on < :ends_on
GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(count) > 0
"""
ADD = """
INSERT INTO answer_histogram (service_point_code, survey_code, question_code, given_on, given_hour, version,
    collection_mode, value, count)
VALUES ('oral-health', 'kept-months', :question, :day, :hour, 1, 'web', :value, 1)
ON CONFLICT (service_point_code, survey_code, question_code, given_on, given_hour, version, collection_mode, value)
DO UPDATE SET count = answer_histogram.count + 1
"""


@pytest.fixture(scope="module")
def own_url(postgres: EmbeddedPostgres) -> str:
    return catalogued_database(postgres, "katsaus_kept_months")


@pytest.fixture
async def writer(own_url: str) -> AsyncIterator[AsyncSession]:
    """Another process's session; the histogram is empty but for what the test adds."""
    engine = create_async_engine(sqlalchemy_url(own_url))
    async with AsyncSession(engine) as session:
        await session.execute(text("TRUNCATE answer_histogram"))
        if await session.get(Survey, "kept-months") is None:
            await add_survey(session, "kept-months", "questionnaire", {})
        await session.commit()
        yield session
    await engine.dispose()


@pytest.fixture
async def reporting(own_url: str) -> AsyncIterator[Database]:
    async with reading(own_url) as database:
        yield database


@pytest.fixture
def counts(reporting: Database) -> list[str]:
    """The statements that have counted answers."""
    return statements_with("FROM public.answer_histogram", reporting)


async def add(session: AsyncSession, day: date, *, value: int = 1, question: str = "grade", hour: int = 9) -> None:
    await session.execute(text(ADD), {"question": question, "day": day, "hour": hour, "value": value})


async def finish_a_transaction(url: str) -> None:
    """A younger one than those that run, so that these are told by their numbers in later snapshots."""
    engine = create_async_engine(sqlalchemy_url(url))
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_current_xact_id()"))
    await engine.dispose()


async def recount(session: AsyncSession, period: object = QUARTER) -> Mapping[Cell, int]:
    bounds = {"starts_on": period.starts_on, "ends_on": period.ends_on}  # type: ignore[attr-defined]
    return {Cell(*cell): number for *cell, number in await session.execute(text(RECOUNT), bounds)}


async def count(reporting: Database) -> Mapping[Cell, int]:
    async with reporting.session() as session:
        return (await AnswerRepository(session).count([QUARTER]))["2021-Q2"]


async def test_only_a_month_that_changed_is_counted_anew(
    writer: AsyncSession, reporting: Database, counts: list[str]
) -> None:
    for month in (4, 5, 6):
        await add(writer, date(2021, month, 10))
    await writer.commit()
    assert sum((await count(reporting)).values()) == 3
    assert len(counts) == 3

    await count(reporting)
    assert len(counts) == 3

    await add(writer, date(2021, 5, 11), value=2)
    await writer.commit()
    assert sum((await count(reporting)).values()) == 4
    assert len(counts) == 4


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE answer_histogram SET count = 7",
        "DELETE FROM answer_histogram",
        "TRUNCATE answer_histogram",
    ],
)
async def test_every_kind_of_change_is_seen(writer: AsyncSession, reporting: Database, change: str) -> None:
    await add(writer, date(2021, 4, 10))
    await writer.commit()
    before = await count(reporting)
    await writer.execute(text(change))
    await writer.commit()

    after = await count(reporting)
    assert after != before
    assert after == await recount(writer)


async def test_a_session_sees_its_own_snapshot_whoever_has_counted_before_it(
    own_url: str, writer: AsyncSession, reporting: Database
) -> None:
    """One that began earlier than what is kept was counted, and one that began before a commit and reads after it."""
    await add(writer, date(2021, 4, 10))
    await writer.commit()
    async with reporting.session() as early:
        await early.execute(text("SELECT 1"))
        await add(writer, date(2021, 4, 10))
        await finish_a_transaction(own_url)
        async with reporting.session() as meanwhile:
            await meanwhile.execute(text("SELECT 1"))
            await writer.commit()
            assert sum((await count(reporting)).values()) == 2
            for session in (meanwhile, early):
                assert sum((await AnswerRepository(session).count([QUARTER]))["2021-Q2"].values()) == 1
    assert sum((await count(reporting)).values()) == 2


async def test_a_transaction_that_takes_long_is_seen_when_it_is_committed(
    own_url: str, writer: AsyncSession, reporting: Database
) -> None:
    """Its number is older than the snapshots of counts that were made while it ran."""
    await add(writer, date(2021, 4, 10))
    engine = create_async_engine(sqlalchemy_url(own_url))
    async with AsyncSession(engine) as other:
        await add(other, date(2021, 4, 12))
        await other.commit()
    await engine.dispose()
    assert sum((await count(reporting)).values()) == 1
    await writer.commit()

    assert sum((await count(reporting)).values()) == 2


async def test_whatever_is_written_in_whatever_order_it_equals_a_recount(
    own_url: str, writer: AsyncSession, reporting: Database
) -> None:
    chance = random.Random(30)
    engine = create_async_engine(sqlalchemy_url(own_url))
    async with AsyncSession(engine) as other:
        for _ in range(40):
            for session in chance.sample([writer, other], k=chance.randint(1, 2)):
                # Hours of their own: neither waits for the other.
                hour = 9 if session is writer else 10
                day = QUARTER.starts_on + timedelta(days=chance.randrange(91))
                await add(session, day, value=chance.randrange(5), hour=hour)
                if chance.random() < 0.6:
                    await session.commit()
            async with reporting.session() as session:
                counted = await AnswerRepository(session).count([QUARTER, WEEK_OVER_TWO_QUARTERS])
                assert counted["2021-Q2"] == await recount(session)
                assert counted["2021-W26"] == await recount(session, WEEK_OVER_TWO_QUARTERS)
        await other.commit()
    await engine.dispose()
