"""Comments and decisions on the wire."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.shared.reasons import told_of
from services.shared.schemas import Code, FreeText, LineText, RequestModel, ResponseModel
from services.shared.tables.surveys import CommentRelease


class CommentState(StrEnum):
    """Where a comment stands: nobody has decided yet, or what was decided."""

    PENDING = "pending"
    RELEASED = CommentRelease.RELEASED.value
    WITHHELD = CommentRelease.WITHHELD.value


class Verdict(StrEnum):
    """What to do with a comment."""

    RELEASE = "release"
    WITHHOLD = "withhold"


_NOTHING_SHOWN_OF_WITHHELD: JsonDict = {
    "if": {"properties": {"decision": {"const": Verdict.WITHHOLD.value}}},
    "then": {"properties": {"shown_text": {"type": "null"}}},
}
"""What the service refuses, in the words of JSON Schema."""


class DecisionPut(RequestModel):
    """A person's decision about the words that were read."""

    model_config = ConfigDict(json_schema_extra=_NOTHING_SHOWN_OF_WITHHELD)

    service_point: Code = Field(description="Where the response was given: the list's `service_point`.")
    fingerprint: str = Field(
        pattern=told_of("^[0-9a-f]{32}$", "is not a fingerprint; give the list's, as it stands there"),
        description="The list's `fingerprint`: of the words that the decision is about.",
    )
    decision: Verdict
    reason: LineText = Field(description="Why, for those who look at it later. Not published.")
    shown_text: FreeText | None = Field(
        default=None,
        description="What is published in place of the comment's own words, such as without what tells who wrote it; "
        "null publishes them as they are. Personal data is masked in it.",
    )


class CommentDecided(ResponseModel):
    """What was decided about a comment."""

    decision: CommentRelease
    reason: str
    decided_by: str = Field(description="The name of the key it was decided with.")
    decided_at: datetime
    shown_text: str | None = Field(description="What is published in place of the comment's own words, if not they.")


class CommentRead(ResponseModel):
    """A comment, personal data masked in it."""

    response_id: UUID
    question: str
    service_point: str
    survey: str
    version: int
    given_on: date
    language: str | None
    comment: str
    fingerprint: str
    state: CommentState
    decision: CommentDecided | None


class CommentPage(ResponseModel):
    """Comments in the order their responses were recorded."""

    items: list[CommentRead]
    next: str | None
