"""Answers about letters."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.shared.schemas import ResponseModel
from services.shared.tables.mail import MailKind, MailState


class MailPublic(ResponseModel):
    """A letter, without its words and its recipient."""

    id: UUID
    kind: MailKind
    feedback_id: UUID | None = Field(description="The item that is answered; null for a link to a person's own data.")
    state: MailState
    attempts: int
    next_attempt_at: datetime
    last_error: str | None = Field(description="The server's code, or the kind of failure.")
    created_at: datetime
    finished_at: datetime | None


class MailList(ResponseModel):
    """Letters of one state, newest first."""

    items: list[MailPublic]
