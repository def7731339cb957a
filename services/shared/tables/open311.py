"""Open311: what may be asked of the city, and what is public of an item."""

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


class Open311Service(Table, table=True):
    """A service of the catalogue, as GeoReport v2 lists them. ``attributes`` are its definition's, ``[]`` without one.

    What comes for it is given its topic, type and unit, where it has them.
    """

    __tablename__ = "open311_service"
    __table_args__ = (has_finnish("names", "names_have_finnish"),)

    code: str = text(primary_key=True)
    position: int
    names: Labels = labels()
    descriptions: Labels = labels()
    group_names: Labels = labels()
    keywords: list[str] = text_list()
    topic_code: str | None = text(default=None, foreign_key="topic.code")
    type_code: str | None = text(default=None, foreign_key="feedback_type.code")
    unit_code: str | None = text(default=None, foreign_key="unit.code")
    attributes: list[dict[str, Any]] = json_object()


class Moderation(StrEnum):
    """What a moderator has decided. It makes nothing public without the sender's permission, a fact of the feedback."""

    PENDING = "pending"
    PUBLISHED = "published"
    REFUSED = "refused"


class FeedbackPublication(Table, table=True):
    """That an item can be followed through Open311, and what of its words a moderator has released.

    ``title``, ``body`` and ``answer`` are the public versions; they go when the content is erased.
    """

    __tablename__ = "feedback_publication"
    __table_args__ = (
        one_of("moderation", Moderation, "moderation_known"),
        CheckConstraint(
            "(moderation IN ('published', 'refused')) = (moderated_at IS NOT NULL AND moderated_by IS NOT NULL)",
            name="moderated_by_someone",
        ),
        CheckConstraint(
            "moderation = 'published' OR (title IS NULL AND body IS NULL AND answer IS NULL)",
            name="words_only_when_published",
        ),
    )

    feedback_id: UUID = Field(primary_key=True, foreign_key="feedback.id")
    service_code: str = text(foreign_key="open311_service.code")
    service_object_id: str | None = text(default=None)
    service_object_type: str | None = text(default=None)
    moderation: str = text(index=True)
    moderated_at: datetime | None = timestamp(default=None)
    moderated_by: str | None = text(default=None)
    title: str | None = text(default=None)
    body: str | None = text(default=None)
    answer: str | None = text(default=None)
    has_attachments: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
