"""Requests and answers about meetings of client panels."""

from datetime import date
from uuid import UUID

from pydantic import Field

from services.feedback_api.registers.schemas import Link, MaskedAnswer, Provenance, RecordPublic
from services.shared.schemas import FreeText, PastDay, RequestModel, ResponseModel

PARTICIPANTS_MAX = 10_000
"""Persons at one meeting: no hall of a service holds more, so more is a slip of the keys."""


class MeetingFields(RequestModel):
    """A meeting that was held. The memo is public: it names no client."""

    panel_id: UUID
    held_on: PastDay = Field(examples=["2021-05-04"])
    participants: int = Field(strict=True, ge=1, le=PARTICIPANTS_MAX, description="How many persons took part.")
    memo: FreeText | None = Field(default=None, description="The memo's text. A personal identity code is refused.")
    memo_url: Link | None = Field(default=None, description="Where the memo is published.")


class MeetingCreate(Provenance, MeetingFields):
    """A meeting as it is registered."""


class MeetingPublic(RecordPublic):
    """A registered meeting."""

    panel_id: UUID
    held_on: date
    participants: int
    memo: str | None
    memo_url: str | None


class MeetingWritten(MaskedAnswer, MeetingPublic):
    """The meeting as it was stored."""


class MeetingPage(ResponseModel):
    """A page of meetings, in the order they were registered."""

    items: list[MeetingPublic]
    next: str | None = Field(description="The cursor of the next page; null at the end.")
