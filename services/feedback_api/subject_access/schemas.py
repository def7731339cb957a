"""What is held on a person."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.feedback_api.attachments.schemas import AttachmentPublic
from services.feedback_api.feedback.schemas import FeedbackContentPublic, Language
from services.shared.schemas import EmailAddress, RequestModel, ResponseModel
from services.shared.tables.feedback import FeedbackEventKind, FeedbackState


class SubjectAccessRequest(RequestModel):
    """A person's wish to see what is held under their e-mail address."""

    email: EmailAddress
    language: Language = "fi"


class SubjectAccessAccepted(ResponseModel):
    """Always the same, so that nobody learns whose address is known here."""

    accepted: bool


class HeldEvent(ResponseModel):
    """Something that happened to an item. ``text`` is an answer's, never a note of staff's."""

    kind: FeedbackEventKind
    occurred_at: datetime
    text: str | None


class HeldAttachment(AttachmentPublic):
    """A file that came with an item, and where to fetch it."""

    url: str = Field(description="Leads to the file for as long as the setting `subject_access_hours` says.")


class HeldItem(ResponseModel):
    """Everything of an item that is about its sender. A comment to a survey that was handed over is an item too."""

    id: UUID
    receipt: str
    received_at: datetime
    state: FeedbackState
    type: str
    topic: str | None
    unit: str
    channel: str
    language: str
    reply_wanted: bool
    content: FeedbackContentPublic | None
    attachments: list[HeldAttachment]
    events: list[HeldEvent]


class SubjectAccessExport(ResponseModel):
    """What is held on a person here, the oldest first."""

    made_at: datetime
    items: list[HeldItem]
    next: str | None = Field(description="The cursor of the next page; null where this is all that is left.")
    also_held_by: list[str] = Field(description="Where else to ask, in words.")
