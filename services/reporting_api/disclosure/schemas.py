"""What is said about disclosure control beside the figures, and the policy itself."""

from pydantic import Field

from services.shared.schemas import ResponseModel


class DisclosureAnswer(ResponseModel):
    """The policy that was applied; null for keys that see the figures unsuppressed."""

    policy: str | None = Field(examples=["public-2"])
    minimum_cell: int
    minimum_mean_base: int
    minimum_unit_cases: int
