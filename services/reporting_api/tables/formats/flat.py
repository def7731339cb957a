"""A table as flat rows: what JSON, CSV, XLSX and Parquet have in common."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.reporting_api.language import Language
from services.reporting_api.measures.figures import Number
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

    as_of: datetime
    policy: str | None
    """None for those who see the figures unsuppressed."""
    notes: tuple[Labels, ...]
    source: Labels


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
