"""A table as flat rows: what JSON, CSV, XLSX and Parquet have in common."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.reporting_api.language import Language
from services.reporting_api.measures.figures import Number
from services.reporting_api.periods.published import as_of_records
from services.reporting_api.periods.schemas import EditionShown
from services.reporting_api.tables.model import MEASURE, Table
from services.shared.tables.base import Labels

FlatValue = str | Number | None
FlatRow = dict[str, FlatValue]

NUMBERS = ("value", "count", "base", "lower", "upper")
"""The columns that hold numbers. ``count`` and ``base`` are whole; the others as the measure's decimals say."""

WHOLE_NUMBERS = frozenset({"count", "base"})


@dataclass(frozen=True, slots=True)
class Edition:
    """What is said of a table beside its rows: when its figures were made, by which policy, with which notes."""

    asked_at: datetime
    """When what is not published was counted."""
    periods: Mapping[str, tuple[EditionShown, ...]]
    """By the label of each period, the published editions that its figures are."""
    policy: str | None
    """None for those who see the figures unsuppressed."""
    notes: tuple[Labels, ...]
    source: Labels

    @property
    def editions(self) -> list[EditionShown]:
        """The published editions of all periods, each with when it was counted."""
        return [edition for editions in self.periods.values() for edition in editions]

    @property
    def as_of(self) -> datetime:
        """The time that no figure is older than."""
        return as_of_records(self.asked_at, self.editions)

    @property
    def updated(self) -> datetime:
        """When the newest of the figures were counted."""
        newest = [as_of_records(self.asked_at, editions) for editions in self.periods.values()]
        return max(newest, default=self.asked_at)

    def of(self, periods: Iterable[str]) -> "Edition":
        """The same of some of the periods."""
        return replace(self, periods={label: self.periods[label] for label in periods})


def columns_of(table: Table) -> tuple[str, ...]:
    """Each dimension's code and label (the period has no label of its own), the unit, the numbers and the status."""
    named = (name for it in table.dimensions[1:] for name in (it.code, f"{it.code}_label"))
    return (table.dimensions[0].code, *named, "unit", *NUMBERS, "status")


def flat_rows(table: Table, language: Language) -> Iterator[FlatRow]:
    """Each observation as a row of :func:`columns_of`, its labels in ``language``."""
    for categories, observation in table.rows():
        row: FlatRow = {table.dimensions[0].code: categories[0].code}
        for dimension, category in zip(table.dimensions[1:], categories[1:], strict=True):
            row[dimension.code] = category.code
            row[f"{dimension.code}_label"] = in_language(category.labels, language)
            if dimension.code == MEASURE:
                row["unit"] = str(table.definitions[category.code].unit)
        yield row | {name: getattr(observation, name) for name in NUMBERS} | {"status": str(observation.status)}


def in_language(labels: Labels, language: Language) -> str:
    """The label in ``language``, or in Finnish where it has none; what older editions define is in English only."""
    found = (labels[code] for code in (language, Language.FI, *labels) if code in labels)
    return next(found)


_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def without_formula(value: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before what would begin one."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
