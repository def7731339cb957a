"""Inserting many rows in one statement: a column is one array parameter, so any number of rows is one statement."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.tables import Table

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


async def bulk_insert(session: AsyncSession, table: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows``, which all have the same columns; ``executemany`` would send each by itself."""
    if not rows:
        return
    columns = tuple(rows[0])
    await session.execute(_statement(table, columns), {name: [row[name] for row in rows] for name in columns})


@cache
def _statement(table: type[Table], columns: tuple[str, ...]) -> TextClause:
    known = table.__table__.columns  # type: ignore[attr-defined]
    arrays = ", ".join(f"CAST(:{name} AS {known[name].type.compile(_DIALECT)}[])" for name in columns)
    names = ", ".join(columns)
    return text(f"INSERT INTO {table.__tablename__} ({names}) SELECT * FROM unnest({arrays})")  # noqa: S608 (our names)
