"""Requests and answers about themes."""

from typing import Self

from pydantic import Field, model_validator

from services.shared.schemas import Day, RequestModel, ResponseModel


class ReassignmentCreate(RequestModel):
    """Which items to assign anew, by their local day of receipt."""

    received_from: Day = Field(description="First day.")
    received_to: Day = Field(description="Last day.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.received_to < self.received_from:
            raise ValueError("received_to lies before received_from; exchange them")
        return self


class ReassignmentDone(ResponseModel):
    """What an assignment anew did."""

    examined: int = Field(description="Items looked at.")
    assigned: int = Field(description="Assignments of an item to a theme, by topic or search.")
