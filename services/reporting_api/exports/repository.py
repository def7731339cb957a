"""Reads the rows of an export: PostgreSQL writes them, they pass through as they are."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date

from psycopg import AsyncConnection
from psycopg.rows import scalar_row
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.exports.copying import read_pieces
from services.reporting_api.exports.cursors import Position
from services.reporting_api.exports.queries import count_statement, csv_statement, json_statement
from services.reporting_api.exports.sources import ExportSource


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows: days, both included; units, None for all; after which row, None from the first on."""

    first_day: date
    last_day: date
    units: frozenset[str] | None
    after: Position | None


class ExportRepository:
    """Reads one source over one session, whose snapshot all its answers are of."""

    def __init__(self, session: AsyncSession, source: ExportSource, choice: Choice) -> None:
        self._session = session
        self._source = source
        self._choice = choice

    @property
    def goes_on(self) -> bool:
        """Whether rows before a cursor are left out."""
        return self._choice.after is not None

    async def count(self, *, from_the_first: bool) -> int:
        """How many rows the choice has: from its first, or what is left after its cursor."""
        after = self.goes_on and not from_the_first
        connection = await self._connection()
        async with connection.cursor(row_factory=scalar_row) as cursor:
            await cursor.execute(count_statement(self._source, after=after).encode(), self._parameters())
            return int(await cursor.fetchone() or 0)

    def copy_csv(self, *, is_for_spreadsheets: bool, seconds: int, size: int) -> AsyncIterator[bytes]:
        """The rows as CSV, in pieces of about ``size`` bytes, none of them cut in two."""
        statement = csv_statement(self._source, after=self.goes_on, is_for_spreadsheets=is_for_spreadsheets)
        return self._copy(statement, seconds, size)

    def copy_json(self, *, seconds: int, size: int) -> AsyncIterator[bytes]:
        """The rows as lines of JSON, in pieces likewise."""
        return self._copy(json_statement(self._source, after=self.goes_on), seconds, size)

    async def _copy(self, statement: str, seconds: int, size: int) -> AsyncIterator[bytes]:
        connection = await self._connection()
        async with connection.cursor() as cursor:
            # For this transaction only: a stream lasts as long as its reader takes.
            await cursor.execute(f"SET LOCAL statement_timeout = '{seconds:d}s'".encode())
            async with cursor.copy(statement.encode(), self._parameters()):
                async for piece in read_pieces(connection, size):
                    yield piece

    async def _connection(self) -> AsyncConnection[tuple[object, ...]]:
        raw = await (await self._session.connection()).get_raw_connection()
        connection = raw.driver_connection
        assert isinstance(connection, AsyncConnection)  # noqa: S101 (the engine's driver)
        return connection

    def _parameters(self) -> dict[str, object]:
        choice = self._choice
        keys = {f"key_{place}": part for place, part in enumerate(choice.after or ())}
        units = None if choice.units is None else sorted(choice.units)
        return {"first_day": choice.first_day, "last_day": choice.last_day, "units": units, **keys}
