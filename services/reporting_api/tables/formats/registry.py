"""The formats by name, each with its media type and how a table is written in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import orjson

from services.reporting_api.language import Language
from services.reporting_api.tables.formats.delimited import to_csv, to_csv_fi
from services.reporting_api.tables.formats.flat import Edition
from services.reporting_api.tables.formats.json_stat import to_json_stat
from services.reporting_api.tables.formats.xlsx import to_xlsx
from services.reporting_api.tables.model import Table


class FileFormat(StrEnum):
    """The formats of files; ``json`` is the answer of the address itself."""

    JSON = "json"
    CSV = "csv"
    CSV_FI = "csv-fi"
    XLSX = "xlsx"
    JSON_STAT = "json-stat"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class FileWriter:
    """How a table becomes a file."""

    media_type: str
    extension: str
    write: Callable[[Table, Language, Edition], bytes]


def _to_parquet(table: Table, language: Language, edition: Edition) -> bytes:
    from services.reporting_api.tables.formats.parquet import to_parquet  # noqa: PLC0415 (slow)

    return to_parquet(table, language, edition)


WRITERS: Mapping[FileFormat, FileWriter] = {
    FileFormat.CSV: FileWriter("text/csv; charset=utf-8; header=present", "csv", lambda it, lang, _: to_csv(it, lang)),
    FileFormat.CSV_FI: FileWriter(
        "text/csv; charset=utf-8; header=present", "csv", lambda it, lang, _: to_csv_fi(it, lang)
    ),
    FileFormat.XLSX: FileWriter("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", to_xlsx),
    FileFormat.JSON_STAT: FileWriter(
        "application/json", "json", lambda it, lang, edition: orjson.dumps(to_json_stat(it, lang, edition))
    ),
    FileFormat.PARQUET: FileWriter("application/vnd.apache.parquet", "parquet", _to_parquet),
}
