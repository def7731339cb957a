"""What numbers are counted in and how exactly, in the words of the definitions page."""

from collections.abc import Mapping

from services.reporting_api.measures.registry import MeasureUnit
from services.reporting_api.tables.formats.flat import WHOLE_NUMBERS
from services.reporting_api.tables.model import MeasureDefinition
from services.shared.tables.base import Labels

UNIT_LABELS: Mapping[MeasureUnit, Labels] = {
    MeasureUnit.COUNT: {"fi": "lukumäärä", "sv": "antal", "en": "number"},
    MeasureUnit.PERCENT: {"fi": "prosenttia", "sv": "procent", "en": "per cent"},
    MeasureUnit.DAYS: {"fi": "vuorokautta, 24 tuntia", "sv": "dygn, 24 timmar", "en": "days of 24 hours"},
    MeasureUnit.POINTS: {
        "fi": "pistettä asteikolla 0–100",
        "sv": "poäng på skalan 0–100",
        "en": "points on a scale of 0–100",
    },
    MeasureUnit.INDEX: {"fi": "indeksiluku", "sv": "indextal", "en": "index"},
    MeasureUnit.GRADE: {"fi": "arvosana", "sv": "vitsord", "en": "grade"},
}

COUNTED = UNIT_LABELS[MeasureUnit.COUNT]
"""What ``count`` and ``base`` are, whatever the measure: numbers of cases, without decimals."""


def decimals_of(number: str, measure: MeasureDefinition) -> int:
    """How many decimals one of the ``NUMBERS`` of a measure has."""
    return 0 if number in WHOLE_NUMBERS else measure.decimals
