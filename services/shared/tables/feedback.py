"""Written feedback: facts that stay, content that can be erased, and the events everything is derived from."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Double,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field

from services.shared.tables.base import Table, json_object, one_of, text, timestamp


class FeedbackState(StrEnum):
    """Where an item is, derived from its events."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    ANSWERED = "answered"
    CLOSED = "closed"
    TRANSFERRED_OUT = "transferred_out"
    REJECTED = "rejected"


class FeedbackEventKind(StrEnum):
    """What can happen to an item. ``received`` is always the first event.

    ``held``, ``released`` and ``confirmed`` say whether it is kept apart from the figures; ``noted`` (staff, inside)
    and ``commented`` (the sender, later) add words; ``permission_withdrawn`` takes back the permission to publish. None
    of these six moves the item's state or a clock.
    """

    RECEIVED = "received"
    CLASSIFIED = "classified"
    ASSIGNED = "assigned"
    TRANSFERRED = "transferred"
    INTERIM_ANSWERED = "interim_answered"
    ANSWERED = "answered"
    CLOSED = "closed"
    REJECTED = "rejected"
    REOPENED = "reopened"
    HELD = "held"
    RELEASED = "released"
    CONFIRMED = "confirmed"
    NOTED = "noted"
    COMMENTED = "commented"
    PERMISSION_WITHDRAWN = "permission_withdrawn"


class Hold(StrEnum):
    """Why an item is kept apart: it is in no figure until a person releases it."""

    SUSPECTED_SPAM = "suspected_spam"
    NOT_FEEDBACK = "not_feedback"
    DUPLICATE = "duplicate"


class ThemeAssignedBy(StrEnum):
    """Who said that an item belongs, or does not belong, to a theme. A person's word is never overwritten."""

    SEARCH = "search"
    TOPIC = "topic"
    STAFF = "staff"


_WORDS = "coalesce(title, '') || ' ' || body"
_SEARCH = " || ".join(
    f"to_tsvector('{language}'::regconfig, {_WORDS})" for language in ("finnish", "swedish", "english")
)


class Feedback(Table, table=True):
    """The facts of one piece of feedback. Holds no personal data; never deleted."""

    __tablename__ = "feedback"
    __table_args__ = (
        one_of("state", FeedbackState, "state_known"),
        UniqueConstraint("source", "source_reference"),
        CheckConstraint("reacted_at >= received_at", name="reacted_not_before_received"),
        CheckConstraint("handled_at >= reacted_at", name="handled_not_before_reacted"),
        CheckConstraint("handled_at IS NULL OR reacted_at IS NOT NULL", name="handled_is_a_reaction"),
        CheckConstraint(
            "received_on = (received_at AT TIME ZONE 'Europe/Helsinki')::date",
            name="received_on_is_local_day",
        ),
        one_of("hold", Hold, "hold_known"),
        CheckConstraint("(hold IS NULL) = (hold_reason IS NULL)", name="hold_has_reason"),
        CheckConstraint("hold IS NOT NULL OR hold_confirmed_at IS NULL", name="only_a_hold_is_confirmed"),
        Index("ix_feedback_updated_at_id", "updated_at", "id"),
        Index("ix_feedback_received_on_unit_code", "received_on", "unit_code"),
        Index("ix_feedback_hold", "hold", postgresql_where=sql("hold IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    receipt: str = text(unique=True)
    source: str = text()
    source_reference: str | None = text(default=None)
    received_at: datetime = timestamp()
    received_on: date
    recorded_at: datetime = timestamp()
    updated_at: datetime = timestamp()
    channel_code: str = text(foreign_key="channel.code")
    unit_code: str = text(foreign_key="unit.code")
    type_code: str = text(foreign_key="feedback_type.code")
    topic_code: str | None = text(default=None, foreign_key="topic.code")
    language: str = text()
    reply_wanted: bool
    state: str = text()
    reacted_at: datetime | None = timestamp(default=None)
    handled_at: datetime | None = timestamp(default=None)
    last_event_at: datetime = timestamp()
    event_count: int
    hold: str | None = text(default=None)
    hold_reason: str | None = text(default=None)
    hold_confirmed_at: datetime | None = timestamp(default=None)
    sender_identified: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    publication_permitted: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})


class FeedbackContent(Table, table=True):
    """What the resident wrote, where it was, and how to reach them. Can be erased without any figure changing.

    ``latitude`` and ``longitude`` are WGS84 degrees. ``attributes`` are a form's further answers, by their code.
    ``search`` is made by PostgreSQL of the words, in all three languages.
    """

    __tablename__ = "feedback_content"
    __table_args__ = (
        CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) "
            "AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name="place_is_whole_and_on_earth",
        ),
        Index("ix_feedback_content_search", "search", postgresql_using="gin"),
        Index("ix_feedback_content_place", "latitude", "longitude", postgresql_where=sql("latitude IS NOT NULL")),
        Index(
            "ix_feedback_content_sender_email",
            sql("lower(sender_email)"),
            postgresql_where=sql("sender_email IS NOT NULL"),
        ),
    )

    feedback_id: UUID = Field(primary_key=True, foreign_key="feedback.id")
    title: str | None = text(default=None)
    body: str = text()
    sender_name: str | None = text(default=None)
    sender_email: str | None = text(default=None)
    sender_phone: str | None = text(default=None)
    address: str | None = text(default=None)
    address_id: str | None = text(default=None)
    zip_code: str | None = text(default=None)
    latitude: float | None = Field(default=None, sa_type=Double)
    longitude: float | None = Field(default=None, sa_type=Double)
    attributes: dict[str, Any] | None = json_object(nullable=True)
    search: str | None = Field(
        default=None, sa_column=Column("search", TSVECTOR, Computed(_SEARCH, persisted=True), nullable=True)
    )


class FeedbackAttachment(Table, table=True):
    """A file that came with an item, made anew of what was sent. Its bytes are in the attachments' store.

    ``byte_size`` and ``sha256`` are those of the stored bytes; ``scanned_at`` is set where a virus scanner passed it.
    """

    __tablename__ = "feedback_attachment"
    __table_args__ = (
        UniqueConstraint("storage_key"),
        CheckConstraint("position > 0", name="position_positive"),
        CheckConstraint("byte_size > 0", name="byte_size_positive"),
    )

    feedback_id: UUID = Field(primary_key=True, foreign_key="feedback.id")
    position: int = Field(primary_key=True)
    storage_key: str = text()
    media_type: str = text()
    byte_size: int = Field(sa_type=BigInteger)
    sha256: str = text()
    scanned_at: datetime | None = timestamp(default=None)
    created_at: datetime = timestamp()


class FeedbackFingerprint(Table, table=True):
    """A keyed hash of what came and from where, by which the same submission is known when it comes again."""

    __tablename__ = "feedback_fingerprint"

    fingerprint: str = text(primary_key=True)
    feedback_id: UUID = Field(foreign_key="feedback.id")
    seen_at: datetime = timestamp(index=True)


class FeedbackEvent(Table, table=True):
    """One thing that happened to an item. Append-only; all clocks and states come from these rows."""

    __tablename__ = "feedback_event"
    __table_args__ = (
        one_of("kind", FeedbackEventKind, "kind_known"),
        UniqueConstraint("feedback_id", "sequence"),
        CheckConstraint("(sequence = 1) = (kind = 'received')", name="received_is_first"),
        CheckConstraint("recipient IS NULL OR kind = 'transferred'", name="recipient_only_when_transferred"),
        one_of("hold", Hold, "hold_known"),
        CheckConstraint("(kind = 'held') = (hold IS NOT NULL AND hold_reason IS NOT NULL)", name="held_has_reason"),
        CheckConstraint("NOT is_sensitive OR kind IN ('interim_answered', 'answered')", name="only_answers_sensitive"),
    )

    id: UUID = Field(primary_key=True)
    feedback_id: UUID = Field(foreign_key="feedback.id")
    sequence: int
    kind: str = text()
    occurred_at: datetime = timestamp()
    recorded_at: datetime = timestamp()
    actor: str = text()
    unit_code: str | None = text(default=None, foreign_key="unit.code")
    type_code: str | None = text(default=None, foreign_key="feedback_type.code")
    topic_code: str | None = text(default=None, foreign_key="topic.code")
    recipient: str | None = text(default=None)
    hold: str | None = text(default=None)
    hold_reason: str | None = text(default=None)
    is_sensitive: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})


class FeedbackEventContent(Table, table=True):
    """The words of an event: an answer or a note. Erased together with the item's content."""

    __tablename__ = "feedback_event_content"

    event_id: UUID = Field(primary_key=True, foreign_key="feedback_event.id")
    note: str = text()


class FeedbackTheme(Table, table=True):
    """That an item belongs to a theme, or, when a person said so, that it does not."""

    __tablename__ = "feedback_theme"
    __table_args__ = (
        one_of("assigned_by", ThemeAssignedBy, "assigned_by_known"),
        CheckConstraint("applies OR assigned_by = 'staff'", name="only_staff_removes"),
        Index("ix_feedback_theme_theme_code", "theme_code"),
    )

    feedback_id: UUID = Field(primary_key=True, foreign_key="feedback.id")
    theme_code: str = text(primary_key=True, foreign_key="theme.code")
    applies: bool
    assigned_by: str = text()
    assigned_at: datetime = timestamp()


class FeedbackDeadline(Table, table=True):
    """By when an item is to be answered, and why on that day. Only items that a policy applies to have one.

    ``reasons`` is a list of ``{code, on, rule, names}``, in the order of the days. All of it follows from the receipt
    and the types given to the item, so a change of type may replace it or take it away.
    """

    __tablename__ = "feedback_deadline"
    __table_args__ = (
        # Named by hand: the convention takes only the first column, which would not tell what it refers to.
        ForeignKeyConstraint(
            ["policy_kind", "policy_valid_from"],
            ["deadline_policy.kind", "deadline_policy.valid_from"],
            name="fk_feedback_deadline_policy",
        ),
        Index("ix_feedback_deadline_due_on", "due_on"),
    )

    feedback_id: UUID = Field(primary_key=True, foreign_key="feedback.id")
    policy_kind: str = text()
    policy_valid_from: date
    due_on: date
    reasons: list[dict[str, Any]] = json_object()
    computed_at: datetime = timestamp()
