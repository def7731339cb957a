"""Requests and answers about publication."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.shared.personal_data import EVERYTHING, mask_fields
from services.shared.schemas import Flag, FreeText, LineText, RequestModel, ResponseModel
from services.shared.tables.feedback import Hold
from services.shared.tables.open311 import Moderation


class PublicationDecision(RequestModel):
    """What a moderator decides. Words left out are the sender's own; personal data in them is masked."""

    decision: Literal["publish", "refuse"]
    title: LineText | None = None
    text: FreeText | None = Field(default=None, description="What is shown in place of what the sender wrote.")
    answer: FreeText | None = Field(default=None, description="The answer as it is shown to all.")
    attachments: Flag = Field(default=False, description="Whether the files are shown too.")

    @model_validator(mode="after")
    def _mask_personal_data(self) -> Self:
        mask_fields(self, {"title": EVERYTHING, "text": EVERYTHING, "answer": EVERYTHING})
        return self


class Publication(ResponseModel):
    """What is public of an item. ``sent_title`` and ``sent_text`` are the sender's words, null once erased."""

    feedback_id: UUID
    service_code: str
    moderation: Moderation
    moderated_at: datetime | None
    moderated_by: str | None
    title: str | None
    text: str | None
    answer: str | None
    has_attachments: bool
    hold: Hold | None
    sent_title: str | None
    sent_text: str | None


class PublicationPage(ResponseModel):
    """A page of items, those that came first foremost."""

    items: list[Publication]
    next: str | None = Field(description="The cursor of the next page; null at the end.")
