"""Released comments on the wire."""

from pydantic import Field

from services.reporting_api.periods.schemas import PeriodAnswer
from services.shared.schemas import ResponseModel


class CommentKey(ResponseModel):
    """A released comment without its words: ``place`` is of a hash that tells neither time nor service point."""

    survey: str
    question: str
    place: str


class ReleasedComment(ResponseModel):
    """Words that a person has released, without when or where they were given."""

    survey: str
    question: str
    language: str | None
    comment: str
    is_demonstration: bool


class ReleasedComments(ResponseModel):
    """A page of a quarter's released comments, in an order that says nothing."""

    period: PeriodAnswer
    minimum_respondents: int = Field(description="A survey with fewer in the quarter shows no comment.")
    items: list[ReleasedComment]
    next: str | None
