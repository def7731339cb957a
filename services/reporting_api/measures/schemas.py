"""What is published about the measures."""

from datetime import date

from services.reporting_api.measures.registry import IntervalMethod, MeasureUnit, Sensitivity
from services.shared.schemas import ResponseModel
from services.shared.tables.base import Labels


class MeasureAnswer(ResponseModel):
    """One measure's definition."""

    slug: str
    names: Labels
    unit: MeasureUnit
    decimals: int
    interval: IntervalMethod
    sensitivity: Sensitivity
    definition: Labels
    base: Labels
    version: int
    since: date


class MeasureList(ResponseModel):
    """All measures' definitions."""

    measures: list[MeasureAnswer]
