"""Reading a copy in pieces: every row once, none cut in two, and what goes wrong half-way is told."""

import pytest
from psycopg import AsyncConnection, errors
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.exports.copying import read_pieces

pytestmark = pytest.mark.anyio

ROWS = 20_000


async def driver_of(session: AsyncSession) -> AsyncConnection[tuple[object, ...]]:
    connection = (await (await session.connection()).get_raw_connection()).driver_connection
    assert isinstance(connection, AsyncConnection)
    return connection


async def read_all(connection: AsyncConnection[tuple[object, ...]], statement: str, size: int = 1_000) -> list[bytes]:
    async with connection.cursor() as cursor, cursor.copy(statement.encode()):
        return [piece async for piece in read_pieces(connection, size)]


@pytest.mark.parametrize("size", [1, 1_000, 50_000, 100_000_000])
async def test_every_row_comes_once_and_whole(session: AsyncSession, size: int) -> None:
    connection = await driver_of(session)
    # Lines of two to two thousand characters.
    statement = f"COPY (SELECT n || repeat('x', n % 37 * n % 1999) FROM generate_series(1, {ROWS}) AS n) TO STDOUT"
    pieces = await read_all(connection, statement, size)
    assert all(piece.endswith(b"\n") for piece in pieces)
    assert [int(line.rstrip("x")) for line in b"".join(pieces).decode().split()] == list(range(1, ROWS + 1))
    assert all(len(piece) >= size for piece in pieces[:-1])
    again = await connection.execute(b"SELECT 1")
    assert await again.fetchone() == (1,)


async def test_a_copy_without_rows_has_no_piece(session: AsyncSession) -> None:
    connection = await driver_of(session)
    assert await read_all(connection, "COPY (SELECT 1 WHERE false) TO STDOUT") == []


async def test_what_goes_wrong_half_way_is_told(session: AsyncSession) -> None:
    statement = f"COPY (SELECT 1 / ({ROWS - 1} - n) FROM generate_series(1, {ROWS}) AS n) TO STDOUT"
    nested = await session.begin_nested()
    connection = await driver_of(session)
    with pytest.raises(errors.DivisionByZero):
        await read_all(connection, statement)
    await nested.rollback()
