"""Where a stopped export goes on: the key of the last whole row that was read."""

from datetime import date
from uuid import UUID

from services.reporting_api.exports.sources import ColumnKind, ExportSource
from services.shared.problems import invalid

Position = tuple[str, ...]


def read_cursor(text: str, source: ExportSource) -> Position:
    """The key's values, in its order; raises :class:`InvalidRequestProblem`."""
    parts = tuple(part.strip() for part in text.split(","))
    if len(parts) != len(source.key) or "\x00" in text:
        raise _wrong(source)
    for name, part in zip(source.key, parts, strict=True):
        try:
            _check(source.columns[name].kind, part)
        except ValueError as error:
            raise _wrong(source) from error
    return parts


def _check(kind: ColumnKind, part: str) -> None:
    if kind is ColumnKind.DAY:
        date.fromisoformat(part)
    elif kind is ColumnKind.IDENTIFIER:
        UUID(part)
    elif not part:
        raise ValueError("a code is empty")


def _wrong(source: ExportSource) -> Exception:
    names = ", ".join(source.key)
    return invalid("cursor", f"is no row's key; write {names} of the last whole row, with commas between them")
