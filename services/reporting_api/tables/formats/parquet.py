"""Parquet: typed columns of the flat rows, with the table's title, policy and time in the file's metadata."""

import io

import pyarrow as pa
import pyarrow.parquet as pq

from services.reporting_api.language import Language
from services.reporting_api.tables.formats.flat import (
    NUMBERS,
    WHOLE_NUMBERS,
    Edition,
    columns_of,
    flat_rows,
    in_language,
)
from services.reporting_api.tables.model import Table


def to_parquet(table: Table, language: Language, edition: Edition) -> bytes:
    """One row group; text columns are dictionaries of few words, numbers are int64 and double."""
    rows = list(flat_rows(table, language))
    columns = columns_of(table)
    schema = pa.schema(
        [(name, _type(name)) for name in columns],
        metadata={
            "title": in_language(table.titles, language),
            "table": table.name,
            "policy": edition.policy or "",
            "as_of": edition.as_of.isoformat(),
        },
    )
    out = io.BytesIO()
    pq.write_table(pa.table({name: [row[name] for row in rows] for name in columns}, schema=schema), out)
    return out.getvalue()


def _type(column: str) -> pa.DataType:
    if column not in NUMBERS:
        return pa.string()
    return pa.int64() if column in WHOLE_NUMBERS else pa.float64()
