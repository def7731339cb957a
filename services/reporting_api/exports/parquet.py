"""Rows of CSV as Parquet, a row group at a time."""

from collections.abc import AsyncIterator
from io import BytesIO

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from services.reporting_api.exports.sources import ColumnKind, ExportSource

_TYPES = {
    ColumnKind.DAY: pa.date32(),
    ColumnKind.INSTANT: pa.timestamp("us", tz="UTC"),
    ColumnKind.FLAG: pa.bool_(),
    ColumnKind.INTEGER: pa.int32(),
}
"""Of those that are no text."""


async def to_parquet(batches: AsyncIterator[bytes], source: ExportSource) -> AsyncIterator[bytes]:
    """The file's bytes as they come about; each batch of whole CSV rows is a row group."""
    schema = pa.schema([(name, _TYPES.get(column.kind, pa.string())) for name, column in source.columns.items()])
    sink = _Sink()
    with pq.ParquetWriter(sink, schema) as writer:
        async for batch in batches:
            writer.write_table(_table(batch, schema))
            yield sink.take()
    yield sink.take()


class _Sink:
    """A file that is only written, and from which what was written is taken away."""

    closed = False

    def __init__(self) -> None:
        self._pending = bytearray()
        self._written = 0

    def write(self, content: bytes) -> int:
        self._pending += content
        self._written += len(content)
        return len(content)

    def tell(self) -> int:
        return self._written

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """What is pending can still be taken."""

    def take(self) -> bytes:
        taken = bytes(self._pending)
        self._pending.clear()
        return taken


def _table(batch: bytes, schema: pa.Schema) -> pa.Table:
    return pa_csv.read_csv(
        BytesIO(batch),
        read_options=pa_csv.ReadOptions(column_names=schema.names, use_threads=False),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types=schema,
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    )
