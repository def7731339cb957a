"""Closing statements as the other services give them, and how they compare with the figures."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from services.shared.schemas import ResponseModel


class Statement(BaseModel):
    """A service's recount of a quarter from its raw rows."""

    service: str
    quarter: str
    starts_at: datetime
    ends_at: datetime
    counted_at: datetime
    numbers: dict[str, int]


class StatementStatus(StrEnum):
    """Whether a service's statement agrees with the figures to the last count."""

    AGREE = "agree"
    DISAGREE = "disagree"
    UNAVAILABLE = "unavailable"


class ComparedNumber(ResponseModel):
    """One number of a statement. The numbers themselves are shown only to keys of scope `report:internal`."""

    name: str = Field(examples=["feedback.received"])
    agrees: bool
    figure: int | None
    statement: int | None


class StatementComparison(ResponseModel):
    """One service's statement against the figures. ``reason`` says why it is unavailable."""

    service: str
    status: StatementStatus
    reason: str | None
    compared: int
    numbers: list[ComparedNumber]
