"""Inserting many rows in one statement: a table's rows are one JSON text, so any number of rows is one statement.

PostgreSQL reads the text faster than the driver writes an array for each column.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.tables import Table

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy does not type it


Rows = Sequence[Mapping[str, Any]]


async def bulk_insert(session: AsyncSession, table: type[Table], rows: Rows) -> None:
    """Insert ``rows``, which all have the same columns; ``executemany`` would send each by itself."""
    await bulk_insert_all(session, [(table, rows)])


async def bulk_insert_all(session: AsyncSession, inserts: Sequence[tuple[type[Table], Rows]]) -> None:
    """Insert rows of several tables by one statement; foreign keys between them are checked when all are there."""
    filled = [(table, rows) for table, rows in inserts if rows]
    if not filled:
        return
    parameters = {str(table.__tablename__): as_json(rows) for table, rows in filled}
    await session.execute(_statement(tuple((table, tuple(rows[0])) for table, rows in filled)), parameters)


def as_json(rows: Rows) -> str:
    """The rows as the one text that they travel as."""
    return orjson.dumps(rows, default=str).decode()


@cache
def _statement(inserts: tuple[tuple[type[Table], tuple[str, ...]], ...]) -> TextClause:
    *others, last = [insert_of(table, columns) for table, columns in inserts]
    parts = ", ".join(f"insert_{number} AS ({insert})" for number, insert in enumerate(others))
    return text(f"WITH {parts} {last}" if others else last)


def insert_of(table: type[Table], columns: Iterable[str]) -> str:
    """SQL that inserts the rows in the parameter of the table's name, a JSON text; a condition may follow it."""
    known = table.__table__.columns
    types = {name: known[name].type.compile(_DIALECT) for name in columns}
    # What is stored as JSON comes as its text, and would be taken for a JSON string.
    read = ", ".join(f"{name} {'text' if kind == 'JSONB' else kind}" for name, kind in types.items())
    written = ", ".join(f"CAST({name} AS JSONB)" if kind == "JSONB" else name for name, kind in types.items())
    return (
        f"INSERT INTO {table.__tablename__} ({', '.join(types)}) "  # noqa: S608 (our names)
        f"SELECT {written} FROM json_to_recordset(CAST(:{table.__tablename__} AS json)) AS given ({read})"
    )
