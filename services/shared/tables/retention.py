"""How long content is kept, and what each run erased."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from services.shared.tables.base import (
    Labels,
    Table,
    has_finnish,
    json_object,
    labels,
    one_of,
    text,
    text_list,
    timestamp,
)


class RetainedContent(StrEnum):
    """What is kept for a time: what feedback says, or the comments given to surveys."""

    FEEDBACK = "feedback"
    SURVEY_COMMENTS = "survey_comments"


class CountedFrom(StrEnum):
    """When the time of keeping begins; a comment is received when it is given.

    An open item's content is never erased by ``last_event_when_closed``.
    """

    RECEIVED = "received"
    LAST_EVENT_WHEN_CLOSED = "last_event_when_closed"


class RetentionPolicy(Table, table=True):
    """How many days content is kept. Comments of surveys are not told apart.

    Feedback is told apart by what it is held as, one of ``holds`` (none: of items not held), and by ``type_codes``
    (none: of all types that no other policy of the same holds names).
    """

    __tablename__ = "retention_policy"
    __table_args__ = (
        one_of("content", RetainedContent, "content_known"),
        one_of("counted_from", CountedFrom, "counted_from_known"),
        CheckConstraint(
            "content <> 'survey_comments' OR (holds = '{}' AND type_codes = '{}' AND counted_from = 'received')",
            name="comments_are_not_told_apart",
        ),
        CheckConstraint("keep_days > 0", name="keep_days_positive"),
        has_finnish("names", "names_have_finnish"),
    )

    code: str = text(primary_key=True)
    position: int
    content: str = text()
    holds: list[str] = text_list()
    type_codes: list[str] = text_list()
    counted_from: str = text()
    keep_days: int
    names: Labels = labels()
    owner: str = text()
    source: str = text()


class RetentionRun(Table, table=True):
    """One run of a service. ``counts`` says what it did under each policy; without ``finished_at`` it goes on, or was
    cut off.
    """

    __tablename__ = "retention_run"

    id: UUID = Field(primary_key=True)
    service: str = text()
    started_at: datetime = timestamp(index=True)
    finished_at: datetime | None = timestamp(default=None)
    actor: str = text()
    is_dry_run: bool
    counts: dict[str, Any] = json_object()
