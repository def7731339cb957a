"""What is published about the measures."""

from datetime import date

from pydantic import Field

from services.reporting_api.measures.registry import IntervalMethod, MeasureUnit, Sensitivity
from services.shared.schemas import ResponseModel
from services.shared.tables.base import Labels


class MeasureVersionAnswer(ResponseModel):
    """A definition that the measure has, or had."""

    version: int
    since: date | None = Field(description="The first day it holds of; null: from the beginning.")
    change: Labels | None = Field(description="What is otherwise than in the version before; null of the first.")


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
    since: date | None = Field(description="The first day that the definition holds of; null: from the beginning.")
    versions: list[MeasureVersionAnswer] = Field(
        description="All definitions, the oldest first: periods on two sides of a change are not compared."
    )


class DataSourceAnswer(ResponseModel):
    """Where measures' data come from, and what must be known of it to read them."""

    code: str
    names: Labels
    text: Labels


class SourcedMeasureAnswer(MeasureAnswer):
    """A measure's definition as it is now, and the source of its data."""

    source: str = Field(description="The `code` of one of `sources`.", examples=["feedback"])


class MeasureList(ResponseModel):
    """All measures' definitions, and the sources of their data."""

    measures: list[SourcedMeasureAnswer]
    sources: list[DataSourceAnswer]
