"""JSON-stat 2.0: a cube with roles, statuses and notes. A further dimension tells value, count, base and interval."""

from itertools import product
from typing import Any

from services.reporting_api.language import Language
from services.reporting_api.measures.figures import FigureStatus, Number
from services.reporting_api.tables.formats.flat import NUMBERS, WHOLE_NUMBERS, Edition, in_language
from services.reporting_api.tables.formats.units import COUNTED, UNIT_LABELS
from services.reporting_api.tables.model import MEASURE, Dimension, Role, Table
from services.shared.tables.base import Labels

STATISTIC = "statistic"

STATISTIC_LABELS: Labels = {"fi": "Luku", "sv": "Tal", "en": "Statistic"}
STATISTICS: dict[str, Labels] = {
    "value": {"fi": "Arvo", "sv": "Värde", "en": "Value"},
    "count": {"fi": "Lukumäärä", "sv": "Antal", "en": "Count"},
    "base": {"fi": "Kanta", "sv": "Bas", "en": "Base"},
    "lower": {
        "fi": "95 % luottamusvälin alaraja",
        "sv": "95 % konfidensintervall, nedre",
        "en": "95 % interval, lower",
    },
    "upper": {"fi": "95 % luottamusvälin yläraja", "sv": "95 % konfidensintervall, övre", "en": "95 % interval, upper"},
}

OBSERVATION_STATUS = {
    FigureStatus.FINAL: "A",
    FigureStatus.PARTIAL: "P",
    FigureStatus.SUPPRESSED: "Q",
    FigureStatus.NOT_AVAILABLE: "L",
}
"""Codes of SDMX's CL_OBS_STATUS: normal, provisional, missing as suppressed, missing as there is none."""

CANNOT_EXIST = "M"
"""CL_OBS_STATUS: a combination that cannot exist, such as another chat's topic."""


def to_json_stat(table: Table, language: Language, edition: Edition) -> dict[str, Any]:
    """The dataset; cells in row-major order of ``id``, as the standard has it."""
    values: list[Number | None] = []
    statuses: dict[str, str] = {}
    for key in product(*([category.code for category in it.categories] for it in table.dimensions)):
        observation = table.observations.get(key)
        for number in NUMBERS:
            code = CANNOT_EXIST if observation is None else OBSERVATION_STATUS[observation.status]
            if code != OBSERVATION_STATUS[FigureStatus.FINAL]:
                statuses[str(len(values))] = code
            values.append(None if observation is None else getattr(observation, number))
    return {
        "version": "2.0",
        "class": "dataset",
        "label": in_language(table.titles, language),
        "source": in_language(edition.source, language),
        "updated": edition.updated.isoformat(),
        "note": [in_language(note, language) for note in edition.notes],
        "id": [*(it.code for it in table.dimensions), STATISTIC],
        "size": [*(len(it.categories) for it in table.dimensions), len(NUMBERS)],
        "role": {
            "time": [it.code for it in table.dimensions if it.role is Role.TIME],
            # Both tell units; the standard has those in dimensions of this role alone.
            "metric": [*(it.code for it in table.dimensions if it.role is Role.METRIC), STATISTIC],
        },
        "dimension": {it.code: _dimension(it, table, language) for it in table.dimensions}
        | {STATISTIC: _statistic(language)},
        "value": values,
        "status": statuses,
        "extension": {
            "table": table.name,
            "policy": edition.policy,
            "as_of": edition.as_of.isoformat(),
            "editions": [one.model_dump(mode="json") for one in edition.editions],
        },
    }


def _dimension(dimension: Dimension, table: Table, language: Language) -> dict[str, Any]:
    category: dict[str, Any] = {
        "index": [it.code for it in dimension.categories],
        "label": {it.code: in_language(it.labels, language) for it in dimension.categories},
    }
    if dimension.code == MEASURE:
        category["unit"] = {it.slug: _unit(UNIT_LABELS[it.unit], it.decimals, language) for it in table.measures}
    return {"label": in_language(dimension.labels, language), "category": category}


def _statistic(language: Language) -> dict[str, Any]:
    return {
        "label": in_language(STATISTIC_LABELS, language),
        "category": {
            "index": list(NUMBERS),
            "label": {code: in_language(labels, language) for code, labels in STATISTICS.items()},
            # The others are in the measure's unit.
            "unit": {code: _unit(COUNTED, 0, language) for code in NUMBERS if code in WHOLE_NUMBERS},
        },
    }


def _unit(labels: Labels, decimals: int, language: Language) -> dict[str, Any]:
    """JSON-stat's ``label``, and the same as PxWeb's ``base``."""
    label = in_language(labels, language)
    return {"label": label, "base": label, "decimals": decimals}
