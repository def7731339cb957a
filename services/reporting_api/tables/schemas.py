"""The answers about tables."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from services.reporting_api.measures.figures import FigureStatus, Number
from services.reporting_api.periods.schemas import EditionShown
from services.reporting_api.tables.formats.registry import FileFormat
from services.shared.schemas import ResponseModel
from services.shared.tables.base import Labels


class TableDimensionAnswer(ResponseModel):
    """A dimension of a table."""

    code: str = Field(examples=["type"])
    labels: Labels


class TableSummary(ResponseModel):
    """A table there is to read."""

    name: str = Field(examples=["feedback-by-type"])
    titles: Labels
    dimensions: list[TableDimensionAnswer]


class TableList(ResponseModel):
    """All tables, and the formats each is served in."""

    period: str = Field(examples=["2021-Q2"])
    formats: list[FileFormat]
    tables: list[TableSummary]


class TableAnswer(ResponseModel):
    """A table as flat rows: a code and a label of each dimension, then the numbers."""

    name: str = Field(examples=["feedback-by-type"])
    title: str
    language: str = Field(examples=["fi"])
    periods: list[str] = Field(examples=[["2021-Q2"]])
    as_of: datetime = Field(
        description="No figure is older: when the earliest of `editions` was counted; else now, or without a key of "
        "`report:internal` perhaps a moment ago."
    )
    updated: datetime = Field(description="When the newest of the figures were counted.")
    editions: list[EditionShown] = Field(
        description="Published editions that the figures of their quarters are; what is of no edition is of `updated` "
        "and may still move, also after its period."
    )
    policy: str | None = Field(description="The disclosure policy applied; null where nothing is hidden.")
    notes: list[str]
    columns: list[str]
    rows: list[dict[str, str | Number | None]] = Field(
        description="`status` tells an absent value from a hidden one: "
        + ", ".join(f"`{status}`" for status in FigureStatus)
        + ". `final` is of a period that is over, whether or not an edition of it is published.",
        examples=[[{"period": "2021-Q2", "type": "complaint", "measure": "feedback_by_type", "value": 1012}]],
    )


class DatasetCategory(ResponseModel):
    """The categories of a dimension: codes in order, and a label of each."""

    index: list[str]
    label: dict[str, str]


class DatasetMeasures(DatasetCategory):
    """The categories of the dimension of measures."""

    unit: dict[str, dict[str, str | int]] = Field(description="Each measure's unit and decimals.")


class DatasetDimension(ResponseModel):
    """A dimension."""

    label: str
    category: DatasetCategory | DatasetMeasures


class DatasetExtension(ResponseModel):
    """What JSON-stat has no word for: the table's name, the policy applied, and of when the figures are."""

    table: str
    policy: str | None
    as_of: datetime = Field(description="No figure is older.")
    editions: list[EditionShown]


class DatasetAnswer(ResponseModel):
    """A JSON-stat 2.0 dataset (`format=json-stat`), whose media type is that of JSON too.

    `status` is by place in `value`, in codes of SDMX's CL_OBS_STATUS; a cell without one is a normal value.
    """

    version: Literal["2.0"]
    class_: Literal["dataset"] = Field(alias="class")
    label: str
    source: str
    updated: datetime
    note: list[str]
    id: list[str] = Field(examples=[["period", "type", "measure", "statistic"]])
    size: list[int] = Field(examples=[[1, 6, 2, 5]])
    role: dict[str, list[str]]
    dimension: dict[str, DatasetDimension]
    value: list[Number | None]
    status: dict[str, str]
    extension: DatasetExtension
