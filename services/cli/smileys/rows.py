"""From a CSV row to a line of an import."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from services.cli.failure import CommandError
from services.cli.smileys.mapping import Mapping

_IDS = uuid5(NAMESPACE_URL, "katsaus:smileys")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file: the import line it gives, or why it gives none."""

    line: int
    point: str
    day: str
    record: dict[str, Any] | None
    fault: str | None


def read_rows(path: Path, mapping: Mapping) -> Iterator[Row]:
    """The file's rows, with the same ids whenever it is read; raises :class:`CommandError` where it is no such file."""
    seen: Counter[str] = Counter()
    try:
        with path.open(encoding=mapping.encoding, newline="") as file:
            reader = csv.DictReader(file, delimiter=mapping.delimiter)
            _check_columns(reader.fieldnames or [], mapping)
            for values in reader:
                yield _row(reader.line_num, values, mapping, seen)
    except (UnicodeDecodeError, LookupError) as error:
        raise CommandError(f"{path} is not in {mapping.encoding}: {error}") from error
    except csv.Error as error:
        raise CommandError(f"{path} is no CSV file: {error}") from error


def _check_columns(found: Any, mapping: Mapping) -> None:
    columns = mapping.columns
    named = [columns.time, columns.point, columns.button, columns.id, *columns.counts]
    missing = [name for name in named if name is not None and name not in found]
    if missing:
        raise CommandError(f"The file lacks the columns {', '.join(missing)}; it has {', '.join(found)}.")


def _row(line: int, values: dict[str, str | None], mapping: Mapping, seen: Counter[str]) -> Row:
    point = (values[mapping.columns.point] or "").strip()
    if not point:
        return Row(line, point, "", None, f"{mapping.columns.point}: is empty")
    try:
        instant = _named(mapping.columns.time, mapping.instant, (values[mapping.columns.time] or "").strip())
        fields = _press(values, mapping) if mapping.rows == "presses" else _hour(values, mapping)
    except ValueError as error:
        return Row(line, point, "", None, str(error))
    record: dict[str, Any] = {"survey": mapping.survey, "source": mapping.source, "source_point": point, **fields}
    if mapping.collection_mode is not None:
        record["collection_mode"] = mapping.collection_mode
    if mapping.rows == "hours":
        record["hour"] = instant.isoformat()
    else:
        record |= {"given_at": instant.isoformat(), "precision": mapping.precision}
        record["id"] = _id(values, mapping, record, seen)
    return Row(line, point, instant.date().isoformat(), record, None)


def _press(values: dict[str, str | None], mapping: Mapping) -> dict[str, Any]:
    column = mapping.columns.button or ""
    value = (values[column] or "").strip()
    if value not in mapping.buttons:
        raise ValueError(f"{column}: {value[:50]!r} is not among the mapping's buttons")
    return {"button": mapping.buttons.index(value)}


def _hour(values: dict[str, str | None], mapping: Mapping) -> dict[str, Any]:
    return {
        "counts": [
            _named(column, lambda value: _count(value, mapping.decimal), (values[column] or "").strip())
            for column in mapping.columns.counts
        ]
    }


def _count(value: str, decimal: str) -> int:
    number = float(value.replace(decimal, ".") or 0)
    if number < 0 or not number.is_integer():
        raise ValueError(f"{value!r} is no count")
    return int(number)


def _named(column: str, read: Any, value: str) -> Any:
    try:
        return read(value)
    except ValueError as error:
        raise ValueError(f"{column}: {error}") from error


def _id(values: dict[str, str | None], mapping: Mapping, record: dict[str, Any], seen: Counter[str]) -> str:
    own = values[mapping.columns.id] if mapping.columns.id else None
    if own:
        return str(uuid5(_IDS, f"{mapping.source}|{record['source_point']}|id|{own}"))
    # Presses of one button in one instant are told apart by how many came before: the same in every file with them.
    same = f"{mapping.source}|{record['source_point']}|{record['given_at']}|{record['button']}"
    seen[same] += 1
    return str(uuid5(_IDS, f"{same}|{seen[same]}"))
