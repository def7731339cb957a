"""The answer about a quarter's readiness."""

from datetime import datetime

from pydantic import Field

from services.reporting_api.readiness.checks import Check
from services.shared.schemas import ResponseModel


class QuarterReadiness(ResponseModel):
    """Whether a quarter can be published: every check, those that failed with what stands in the way."""

    quarter: str
    as_of: datetime
    is_ready: bool = Field(description="No blocking check failed; warnings are accepted by name when publishing.")
    checks: list[Check]
