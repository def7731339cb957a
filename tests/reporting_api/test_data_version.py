"""The version of all data: the same for whoever sees the same, another after every acknowledged write."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from services.reporting_api.data_version import data_version
from services.shared.clock import now
from services.shared.database import Database, sqlalchemy_url
from tests.reporting_api.conftest import reading

pytestmark = pytest.mark.anyio


@pytest.fixture
async def reporting(database_url: str) -> AsyncIterator[Database]:
    async with reading(database_url) as database:
        yield database


async def version_seen_by(database: Database) -> str | None:
    async with database.session() as session:
        return await data_version(session, now())


async def write(database_url: str, *statements: str) -> None:
    engine = create_async_engine(sqlalchemy_url(database_url))
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def test_every_acknowledged_write_changes_it(reporting: Database, database_url: str) -> None:
    seen = [await version_seen_by(reporting)]
    for number in (1, 2):
        await write(database_url, f"CREATE TABLE seen_{number} ()", f"DROP TABLE seen_{number}")
        seen.append(await version_seen_by(reporting))

    assert None not in seen
    assert len(set(seen)) == len(seen)


async def test_a_session_keeps_the_version_of_what_it_sees(reporting: Database, database_url: str) -> None:
    async with reporting.session() as session:
        before = await data_version(session, now())
        await write(database_url, "CREATE TABLE seen ()", "DROP TABLE seen")
        assert await data_version(session, now()) == before
    assert await version_seen_by(reporting) != before


async def test_there_is_none_for_a_session_that_has_written(session: AsyncSession) -> None:
    await session.execute(text("CREATE TEMPORARY TABLE written ()"))

    assert await data_version(session, now()) is None
