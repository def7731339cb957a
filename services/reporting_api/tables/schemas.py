"""The answers about tables."""

from datetime import datetime

from pydantic import Field

from services.reporting_api.measures.figures import FigureStatus, Number
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
    as_of: datetime
    policy: str | None = Field(description="The disclosure policy applied; null where nothing is hidden.")
    notes: list[str]
    columns: list[str]
    rows: list[dict[str, str | Number | None]] = Field(
        description="`status` tells an absent value from a hidden one: "
        + ", ".join(f"`{status}`" for status in FigureStatus)
        + ".",
        examples=[[{"period": "2021-Q2", "type": "complaint", "measure": "feedback_by_type", "value": 1012}]],
    )
