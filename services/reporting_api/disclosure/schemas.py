"""What is said about disclosure control beside the figures, and the policy itself."""

from pydantic import Field

from services.reporting_api.measures.figures import SuppressionReason
from services.shared.schemas import ResponseModel
from services.shared.tables.base import Labels


class DisclosureAnswer(ResponseModel):
    """The policy that was applied; null for keys that see the figures unsuppressed."""

    policy: str | None = Field(examples=["public-4"])
    minimum_cell: int
    minimum_mean_base: int
    minimum_unit_cases: int


class ReasonAnswer(ResponseModel):
    """A `suppression_reason` of figures."""

    code: SuppressionReason
    labels: Labels


class PolicyAnswer(ResponseModel):
    """The policy. A change of any threshold or rule is a new policy with a new name."""

    name: str = Field(examples=["public-4"])
    minimum_cell: int = Field(description="Opinion cells of 1 up to below this are hidden; nought is shown.")
    minimum_mean_base: int = Field(description="Means, indexes and grades of fewer answers are hidden.")
    minimum_interval_others: int = Field(
        description="The interval of a mean is hidden where fewer gave another answer than the commonest one."
    )
    minimum_unit_cases: int = Field(description="Feedback of a unit with fewer items is not divided by type and topic.")
    rules: list[Labels]
    reasons: list[ReasonAnswer]
