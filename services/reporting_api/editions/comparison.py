"""A correction, cell by cell: what the new version says otherwise than the one before."""

from enum import StrEnum

from services.reporting_api.editions.content import EditionContent
from services.reporting_api.tables.stored import StoredCell
from services.shared.schemas import ResponseModel


class CellChange(StrEnum):
    """What happened to a cell."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class ChangedCell(ResponseModel):
    """A cell that differs; ``before`` or ``after`` is null where one version lacks it."""

    table: str
    key: list[str]
    change: CellChange
    before: StoredCell | None
    after: StoredCell | None


class EditionComparison(ResponseModel):
    """Two versions of one quarter's review: cells compared, and those that differ; chapters whose texts differ."""

    quarter: str
    version: int
    previous_version: int
    compared: int
    cells: list[ChangedCell]
    texts: list[str]


def compare_contents(
    before: EditionContent, after: EditionContent, *, version: int, previous: int
) -> EditionComparison:
    """Every cell of every table, and the texts."""
    old, new = _cells(before), _cells(after)
    keys = sorted(old.keys() | new.keys())
    chapters = sorted(before.texts.keys() | after.texts.keys())
    return EditionComparison(
        quarter=after.quarter,
        version=version,
        previous_version=previous,
        compared=len(keys),
        cells=[_changed(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)],
        texts=[str(chapter) for chapter in chapters if before.texts.get(chapter) != after.texts.get(chapter)],
    )


_Key = tuple[str, tuple[str, ...]]


def _cells(content: EditionContent) -> dict[_Key, StoredCell]:
    return {(name, tuple(cell.key)): cell for name, table in content.tables.items() for cell in table.cells}


def _changed(key: _Key, before: StoredCell | None, after: StoredCell | None) -> ChangedCell:
    change = CellChange.ADDED if before is None else CellChange.REMOVED if after is None else CellChange.CHANGED
    return ChangedCell(table=key[0], key=list(key[1]), change=change, before=before, after=after)
