"""Letters that wait to be sent, and what became of them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field

from services.shared.tables.base import Table, one_of, text, timestamp


class MailKind(StrEnum):
    """What a letter is: an answer to a sender, or the link to a person's own data."""

    ANSWER = "answer"
    SUBJECT_ACCESS = "subject_access"


class MailState(StrEnum):
    """``parked`` failed for good; ``cancelled`` had nothing left to say, as the content was erased."""

    QUEUED = "queued"
    SENT = "sent"
    PARKED = "parked"
    CANCELLED = "cancelled"


class OutgoingMail(Table, table=True):
    """A letter. An answer's words and address are read from the content when it is sent, so they can be erased before.

    ``recipient`` is held only by the link to a person's own data, and only until it is sent.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        one_of("kind", MailKind, "kind_known"),
        one_of("state", MailState, "state_known"),
        UniqueConstraint("event_id"),
        CheckConstraint("(kind = 'answer') = (event_id IS NOT NULL)", name="answer_has_event"),
        CheckConstraint(
            "recipient IS NULL OR (kind = 'subject_access' AND state = 'queued')", name="recipient_only_while_needed"
        ),
        CheckConstraint("(state = 'queued') = (finished_at IS NULL)", name="finished_unless_queued"),
        Index("ix_outgoing_mail_due", "next_attempt_at", postgresql_where=sql("state = 'queued'")),
    )

    id: UUID = Field(primary_key=True)
    kind: str = text()
    event_id: UUID | None = Field(default=None, foreign_key="feedback_event.id")
    recipient: str | None = text(default=None)
    language: str = text()
    state: str = text()
    attempts: int
    next_attempt_at: datetime = timestamp()
    last_error: str | None = text(default=None)
    created_at: datetime = timestamp()
    finished_at: datetime | None = timestamp(default=None)
