"""Exports in their formats, in pieces that are worth sending."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum

from services.reporting_api.exports.repository import ExportRepository
from services.reporting_api.exports.sources import ExportSource


class ExportFormat(StrEnum):
    """The formats of exports."""

    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"


MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8; header=present",
    ExportFormat.NDJSON: "application/x-ndjson",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
}

SEND_BYTES = 64 * 1024
"""A piece of CSV or NDJSON: a few hundred rows, so that sending costs little beside reading."""

ROW_GROUP_BYTES = 4 * 1024 * 1024
"""A row group of Parquet as CSV: some 30 000 rows, which compress well and take little memory."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows there are: of the days, and after the cursor."""

    total: int
    remaining: int


class ExportService:
    """Streams one source."""

    def __init__(self, repository: ExportRepository, source: ExportSource, *, seconds: int) -> None:
        self._repository = repository
        self._source = source
        self._seconds = seconds

    async def count(self) -> Counted:
        """In the snapshot that the rows are then read from."""
        remaining = await self._repository.count(from_the_first=False)
        if not self._repository.goes_on:
            return Counted(remaining, remaining)
        return Counted(await self._repository.count(from_the_first=True), remaining)

    def stream(self, as_format: ExportFormat) -> AsyncIterator[bytes]:
        """The file."""
        if as_format is ExportFormat.NDJSON:
            return self._repository.copy_json(seconds=self._seconds, size=SEND_BYTES)
        if as_format is ExportFormat.CSV:
            return self._csv()
        from services.reporting_api.exports.parquet import to_parquet  # noqa: PLC0415 (slow)

        rows = self._repository.copy_csv(is_for_spreadsheets=False, seconds=self._seconds, size=ROW_GROUP_BYTES)
        return to_parquet(rows, self._source)

    async def _csv(self) -> AsyncIterator[bytes]:
        yield (",".join(self._source.columns) + "\n").encode()
        async for piece in self._repository.copy_csv(is_for_spreadsheets=True, seconds=self._seconds, size=SEND_BYTES):
            yield piece
