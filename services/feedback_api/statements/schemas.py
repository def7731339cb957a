"""The closing statement."""

from datetime import datetime

from pydantic import Field

from services.shared.schemas import ResponseModel
from services.shared.tables.access import Service


class Statement(ResponseModel):
    """A recount of a quarter from raw rows: name to whole number."""

    service: Service
    quarter: str = Field(examples=["2021-Q2"])
    starts_at: datetime
    ends_at: datetime = Field(description="Not part of the quarter.")
    counted_at: datetime
    numbers: dict[str, int]
