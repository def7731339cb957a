"""Recomputations on the wire."""

from datetime import date

from pydantic import Field

from services.shared.schemas import PastDay, RequestModel, ResponseModel


class RecomputationCreate(RequestModel):
    """The days to judge anew, both included."""

    first_day: PastDay = Field(alias="from", description="The first local day.")
    last_day: PastDay = Field(alias="to", description="The last local day.")


class Recomputation(ResponseModel):
    """What became of the presses of those days."""

    first_day: date = Field(serialization_alias="from")
    last_day: date = Field(serialization_alias="to")
    rule: str = Field(description="The rule's version, as it is stored with each flag.")
    presses: int = Field(description="Presses judged.")
    flagged: int = Field(description="Counted until now, misuse by the present rule.")
    cleared: int = Field(description="Misuse until now, counted by the present rule.")
