"""A deadline as staff and auditors read it."""

from datetime import date, datetime

from pydantic import Field

from services.feedback_api.deadlines.rules import ReasonCode, Rule
from services.shared.schemas import ResponseModel
from services.shared.tables.catalogue import DeadlineBasis


class DeadlineReason(ResponseModel):
    """A day that was passed over, or at which the counting changed."""

    code: ReasonCode
    on: date
    rule: Rule = Field(description="The section of Act 150/1930 it rests on, or `policy` where no statute binds.")
    names: dict[str, str] = Field(description="What the day, or the new feedback type, is called; may be empty.")
    words: dict[str, str] = Field(description="The reason as a sentence in `fi`, `sv` and `en`.")


class DeadlinePublic(ResponseModel):
    """By when an item is to be answered, and why on that day."""

    due_on: date = Field(description="The last local day.")
    due_at: datetime = Field(description="The local midnight after it: an answer before this instant is in time.")
    policy: str = Field(description="The kind of matter, of `deadline_policies` in `GET /v1/catalogue`.")
    policy_valid_from: date
    basis: DeadlineBasis = Field(description="What makes it binding; a `city_promise` is not law.")
    names: dict[str, str] = Field(description="The policy's name by language.")
    moved_because: list[DeadlineReason] = Field(description="A change of type first, then the days in their order.")
