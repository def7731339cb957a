"""Parquet: typed columns of the flat rows, with the table's title, policy and times in the file's metadata."""

import io
from collections.abc import Iterable

import orjson
import pyarrow as pa
import pyarrow.json as pa_json
import pyarrow.parquet as pq

from services.reporting_api.language import Language
from services.reporting_api.tables.formats.flat import (
    NUMBERS,
    WHOLE_NUMBERS,
    Edition,
    FlatRow,
    columns_of,
    flat_rows,
    in_language,
)
from services.reporting_api.tables.model import Table


def to_parquet(table: Table, language: Language, edition: Edition) -> bytes:
    """One row group; text columns are dictionaries of few words, numbers are int64 and double."""
    schema = pa.schema(
        [(name, _type(name)) for name in columns_of(table)],
        metadata={
            "title": in_language(table.titles, language),
            "table": table.name,
            "policy": edition.policy or "",
            "as_of": edition.as_of.isoformat(),
            "updated": edition.updated.isoformat(),
            "editions": orjson.dumps([one.model_dump(mode="json") for one in edition.editions]),
        },
    )
    out = io.BytesIO()
    pq.write_table(_typed(flat_rows(table, language), schema), out)
    return out.getvalue()


def _typed(rows: Iterable[FlatRow], schema: pa.Schema) -> pa.Table:
    # From JSON and not from lists: for those Arrow first imports pandas where it is installed, which takes a second.
    lines = b"\n".join(orjson.dumps(row) for row in rows)
    if not lines:
        return pa.Table.from_batches([], schema=schema)
    typed = pa_json.read_json(
        io.BytesIO(lines),
        read_options=pa_json.ReadOptions(use_threads=False),
        parse_options=pa_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )
    return typed.replace_schema_metadata(schema.metadata)


def _type(column: str) -> pa.DataType:
    if column not in NUMBERS:
        return pa.string()
    return pa.int64() if column in WHOLE_NUMBERS else pa.float64()
