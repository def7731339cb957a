"""CSV in two dialects: RFC 4180, and the one that a Finnish Excel opens by a double click."""

import csv
import io
from collections.abc import Callable

from services.reporting_api.language import Language
from services.reporting_api.tables.formats.flat import FlatValue, columns_of, flat_rows, without_formula
from services.reporting_api.tables.model import Table

_BYTE_ORDER_MARK = "\ufeff"


def to_csv(table: Table, language: Language) -> bytes:
    """RFC 4180: comma, decimal point, UTF-8, CRLF."""
    return _written(table, language, ",", _point).encode()


def to_csv_fi(table: Table, language: Language) -> bytes:
    """Semicolon, decimal comma, UTF-8 with a byte order mark, CRLF."""
    return (_BYTE_ORDER_MARK + _written(table, language, ";", _comma)).encode()


def _written(table: Table, language: Language, delimiter: str, written: Callable[[FlatValue], str]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    columns = columns_of(table)
    writer.writerow(columns)
    for row in flat_rows(table, language):
        writer.writerow([written(row[column]) for column in columns])
    return out.getvalue()


def _point(value: FlatValue) -> str:
    """An absent number is an empty field, never a word: the status says whether it is absent or hidden."""
    if value is None:
        return ""
    return without_formula(value) if isinstance(value, str) else str(value)


def _comma(value: FlatValue) -> str:
    return _point(value) if isinstance(value, str) else _point(value).replace(".", ",")
