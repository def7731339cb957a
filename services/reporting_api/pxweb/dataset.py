"""A cube as the JSON-stat 2.0 dataset that PxWebApi 2 answers, and as its CSV."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from services.reporting_api.language import Language
from services.reporting_api.pxweb.cube import Cube
from services.reporting_api.tables.formats.flat import WHOLE_NUMBERS, Edition, in_language, without_formula
from services.reporting_api.tables.formats.json_stat import STATISTIC
from services.reporting_api.tables.formats.units import COUNTED, UNIT_LABELS
from services.reporting_api.tables.model import MEASURE, Category, Dimension, Role
from services.shared.tables.base import Labels

PASSING = frozenset({"updated"})
"""Differs in each answer without any figure having changed."""


def metadata_of(cube: Cube, language: Language, edition: Edition) -> dict[str, Any]:
    """The dataset without its cells."""
    periods = next((it.categories for it in cube.dimensions if it.role is Role.TIME), ())
    beside = edition.of(category.code for category in periods)
    return {
        "version": "2.0",
        "class": "dataset",
        "label": in_language(cube.titles, language),
        "source": in_language(edition.source, language),
        "updated": beside.updated.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "note": [in_language(note, language) for note in edition.notes],
        "role": {
            role.value: [it.code for it in cube.dimensions if it.role is role] for role in (Role.TIME, Role.METRIC)
        },
        "id": [dimension.code for dimension in cube.dimensions],
        "size": [len(dimension.categories) for dimension in cube.dimensions],
        "dimension": {it.code: _dimension(it, cube, language) for it in cube.dimensions},
        "value": None,
        "extension": {
            "px": _presentation(cube, language),
            "firstPeriod": periods[0].code if periods else "",
            "lastPeriod": periods[-1].code if periods else "",
            "discontinued": False,
            "policy": edition.policy,
            "editions": [one.model_dump(mode="json") for one in beside.editions],
        },
    }


def _presentation(cube: Cube, language: Language) -> dict[str, Any]:
    """What PxWeb's own tools show beside a table, and how they lay it out: periods across, all else down."""
    codes = [dimension.code for dimension in cube.dimensions]
    return {
        "tableid": cube.table.name,
        "matrix": cube.table.name,
        "language": language.value,
        "contents": in_language(cube.titles, language),
        "description": in_language(cube.titles, language),
        "aggregallowed": False,
        "official-statistics": False,
        "heading": codes[:1],
        "stub": codes[1:],
    }


def dataset_of(cube: Cube, language: Language, edition: Edition) -> dict[str, Any]:
    """The dataset; a cell without a status is final."""
    cells = list(cube.cells())
    return metadata_of(cube, language, edition) | {
        "value": [cell.value for cell in cells],
        "status": {str(place): cell.status for place, cell in enumerate(cells) if cell.status},
    }


def _dimension(dimension: Dimension, cube: Cube, language: Language) -> dict[str, Any]:
    category: dict[str, Any] = {
        "index": {it.code: place for place, it in enumerate(dimension.categories)},
        "label": {it.code: in_language(it.labels, language) for it in dimension.categories},
    }
    if units := _units(dimension, cube, language):
        category["unit"] = units
    extension: dict[str, Any] = {"elimination": False, "show": "value", "codeLists": []}
    if dimension.code == STATISTIC:
        extension |= {"elimination": True, "eliminationValueCode": dimension.categories[0].code}
    return {"label": in_language(dimension.labels, language), "category": category, "extension": extension}


def _units(dimension: Dimension, cube: Cube, language: Language) -> dict[str, Any]:
    """Each measure's unit; and of the numbers beside it, those that are not in the measure's unit."""
    codes = [it.code for it in dimension.categories]
    if dimension.code == MEASURE:
        measures = [cube.table.definitions[code] for code in codes]
        return {it.slug: _unit(UNIT_LABELS[it.unit], it.decimals, language) for it in measures}
    if dimension.code == STATISTIC:
        return {code: _unit(COUNTED, 0, language) for code in codes if code in WHOLE_NUMBERS}
    return {}


def _unit(labels: Labels, decimals: int, language: Language) -> dict[str, Any]:
    return {"base": in_language(labels, language), "decimals": decimals}


@dataclass(frozen=True, slots=True)
class CsvShape:
    """What is written of each category, and what stands between columns."""

    has_codes: bool = True
    has_texts: bool = False
    separator: str = ","


def csv_of(cube: Cube, language: Language, shape: CsvShape) -> str:
    """One line a cell: its categories, the value (empty where there is none) and the status (empty where final)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=shape.separator, lineterminator="\r\n")
    headers = [Category(it.code, it.labels) for it in cube.dimensions]
    writer.writerow([*_written(headers, language, shape), "value", "status"])
    for cell in cube.cells():
        value = "" if cell.value is None else str(cell.value)
        writer.writerow([*_written(cell.categories, language, shape), value, cell.status or ""])
    return out.getvalue()


def _written(categories: Iterable[Category], language: Language, shape: CsvShape) -> Iterable[str]:
    for category in categories:
        if shape.has_codes:
            yield without_formula(category.code)
        if shape.has_texts:
            yield without_formula(in_language(category.labels, language))
