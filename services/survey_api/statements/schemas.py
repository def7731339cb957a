"""The closing statement on the wire."""

from datetime import datetime

from pydantic import Field

from services.shared.schemas import ResponseModel
from services.shared.tables.access import Service


class Statement(ResponseModel):
    """What this service counts of a quarter in its raw rows."""

    service: Service
    quarter: str = Field(examples=["2021-Q2"])
    starts_at: datetime
    ends_at: datetime = Field(description="The first instant after the quarter.")
    counted_at: datetime
    numbers: dict[str, int] = Field(
        description="`surveys.{survey}.responses`, `.partial`, `.misuse` (left out) and `.invitations`, "
        "`surveys.{survey}.{question}.{value}` for every possible value, and `.asked` of follow-ups.",
        examples=[{"surveys.dental-care-chat.responses": 212, "surveys.dental-care-chat.satisfaction.75": 40}],
    )
