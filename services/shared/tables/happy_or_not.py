"""What survey_api has read from HappyOrNot and not yet counted, how it maps to ours, and every pull.

``generation`` tells the vendor's two interfaces apart: ids of one mean nothing in the other. Ids are kept as text.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Integer, SmallInteger
from sqlalchemy import text as sql
from sqlmodel import Field

from services.shared.tables.base import Table, json_object, one_of, text, timestamp


class Generation(StrEnum):
    """Which of the vendor's interfaces something was read by."""

    V1 = "v1"
    V2 = "v2"


class IndexOrder(StrEnum):
    """Which button the vendor's index 0 is."""

    NEGATIVE_FIRST = "negative_first"
    POSITIVE_FIRST = "positive_first"


class OrderCheck(StrEnum):
    """What a comparison of v1's hours with its single presses said of the mapping's order of buttons."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    UNDECIDED = "undecided"


class StagedState(StrEnum):
    """Whether what was read has been counted."""

    WAITING = "waiting"
    TAKEN = "taken"


class PullState(StrEnum):
    """How a pull stands; ``interrupted`` is one whose process ended under way."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class PullKind(StrEnum):
    """Whether a pull reads the vendor, or only counts what waits for a mapping."""

    READ = "read"
    APPLY_MAPPING = "apply_mapping"


class HappyOrNotSurvey(Table, table=True):
    """A survey of the vendor's as last seen."""

    __tablename__ = "happy_or_not_survey"
    __table_args__ = (
        one_of("generation", Generation, "generation_known"),
        one_of("order_check", OrderCheck, "order_check_known"),
    )

    generation: str = text(primary_key=True)
    survey_id: str = text(primary_key=True)
    question: str | None = text(default=None)
    scale: str | None = text(default=None)
    index_type: str | None = text(default=None)
    state: str | None = text(default=None)
    order_check: str | None = text(default=None)
    seen_at: datetime = timestamp()


class HappyOrNotPoint(Table, table=True):
    """An experience point (v2) or folder (v1) of the vendor's as last seen."""

    __tablename__ = "happy_or_not_point"
    __table_args__ = (one_of("generation", Generation, "generation_known"),)

    generation: str = text(primary_key=True)
    point_id: str = text(primary_key=True)
    name: str | None = text(default=None)
    parent_id: str | None = text(default=None)
    is_group: bool
    seen_at: datetime = timestamp()


class HappyOrNotOption(Table, table=True):
    """An option of a follow-up question of the vendor's as last seen."""

    __tablename__ = "happy_or_not_option"

    option_id: str = text(primary_key=True)
    survey_id: str | None = text(default=None)
    follow_up_question_id: str = text()
    is_positive: bool | None = None
    label: str | None = text(default=None)
    seen_at: datetime = timestamp()


class HappyOrNotSurveyMapping(Table, table=True):
    """What a survey of the vendor's is with us; only proposed until ``reviewed_by`` names who has looked at it."""

    __tablename__ = "happy_or_not_survey_mapping"
    __table_args__ = (
        one_of("generation", Generation, "generation_known"),
        one_of("index_order", IndexOrder, "index_order_known"),
    )

    generation: str = text(primary_key=True)
    survey_id: str = text(primary_key=True)
    survey_code: str = text(foreign_key="survey.code")
    rating_question: str = text()
    comment_question: str | None = text(default=None)
    follow_up_question: str | None = text(default=None)
    options: dict[str, str] = json_object()
    index_order: str = text()
    reviewed_by: str | None = text(default=None)
    updated_at: datetime = timestamp()


class HappyOrNotPointMapping(Table, table=True):
    """The service point that answers to a survey at a point of the vendor's are about."""

    __tablename__ = "happy_or_not_point_mapping"
    __table_args__ = (
        ForeignKeyConstraint(
            ["generation", "survey_id"],
            ["happy_or_not_survey_mapping.generation", "happy_or_not_survey_mapping.survey_id"],
            name="fk_happy_or_not_point_mapping_survey_mapping",
        ),
    )

    generation: str = text(primary_key=True)
    survey_id: str = text(primary_key=True)
    point_id: str = text(primary_key=True)
    service_point_code: str = text(foreign_key="unit.code")


class HappyOrNotFeedback(Table, table=True):
    """A press as read from v2. ``reason`` says why one that was looked at waits; no personal data is here.

    ``has_button`` is false while only a text or follow-up of the press has been read.
    """

    __tablename__ = "happy_or_not_feedback"
    __table_args__ = (
        one_of("state", StagedState, "state_known"),
        CheckConstraint("button_index BETWEEN 0 AND 10", name="button_index_known"),
        Index(
            "ix_happy_or_not_feedback_unlooked",
            "feedback_id",
            postgresql_where=sql("state = 'waiting' AND reason IS NULL"),
        ),
        Index("ix_happy_or_not_feedback_survey_id_point_id", "survey_id", "point_id"),
        Index("ix_happy_or_not_feedback_given_at", "given_at"),
    )

    feedback_id: UUID = Field(primary_key=True)
    survey_id: str = text()
    point_id: str = text()
    local_time: str = text()
    given_at: datetime = timestamp()
    button_index: int = Field(sa_type=SmallInteger)
    is_misuse: bool
    ui: str | None = text(default=None)
    has_button: bool
    state: str = text()
    reason: str | None = text(default=None)


class HappyOrNotFollowUp(Table, table=True):
    """An option chosen after a press."""

    __tablename__ = "happy_or_not_follow_up"
    __table_args__ = (
        ForeignKeyConstraint(
            ["feedback_id"],
            ["happy_or_not_feedback.feedback_id"],
            name="fk_happy_or_not_follow_up_feedback",
            ondelete="CASCADE",
        ),
    )

    feedback_id: UUID = Field(primary_key=True)
    option_id: str = text(primary_key=True)


class HappyOrNotText(Table, table=True):
    """A text written after a press, with personal data masked: content, which can be erased."""

    __tablename__ = "happy_or_not_text"
    __table_args__ = (
        ForeignKeyConstraint(
            ["feedback_id"],
            ["happy_or_not_feedback.feedback_id"],
            name="fk_happy_or_not_text_feedback",
            ondelete="CASCADE",
        ),
    )

    feedback_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    comment: str = text()


class HappyOrNotHour(Table, table=True):
    """An hour's presses by button as read from v1, in the vendor's order of buttons."""

    __tablename__ = "happy_or_not_hour"
    __table_args__ = (
        one_of("state", StagedState, "state_known"),
        Index(
            "ix_happy_or_not_hour_unlooked",
            "survey_id",
            "hour_starts_at",
            postgresql_where=sql("state = 'waiting' AND reason IS NULL"),
        ),
    )

    survey_id: str = text(primary_key=True)
    hour_starts_at: datetime = timestamp(primary_key=True)
    point_id: str = text()
    counts: list[int] = Field(sa_type=ARRAY(Integer))
    state: str = text()
    reason: str | None = text(default=None)


class HappyOrNotPull(Table, table=True):
    """A pull: what it was asked to read, how far it came, what it found, and what went wrong."""

    __tablename__ = "happy_or_not_pull"
    __table_args__ = (
        one_of("kind", PullKind, "kind_known"),
        one_of("state", PullState, "state_known"),
        CheckConstraint("until_day > from_day", name="until_after_from"),
        CheckConstraint("(failure_code IS NULL) = (state <> 'failed')", name="failed_has_code"),
        CheckConstraint(
            "(finished_at IS NOT NULL) = (state IN ('finished', 'failed', 'interrupted'))", name="finished_at_end"
        ),
        Index(
            "uq_happy_or_not_pull_queued",
            "kind",
            "from_day",
            "until_day",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=sql("state = 'queued'"),
        ),
        Index("ix_happy_or_not_pull_requested_at_id", "requested_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    kind: str = text()
    state: str = text()
    requested_by: str = text()
    from_day: date | None = None
    until_day: date | None = None
    requested_at: datetime = timestamp()
    started_at: datetime | None = timestamp(default=None)
    finished_at: datetime | None = timestamp(default=None)
    read_until: date | None = None
    counts: dict[str, Any] = json_object()
    failure_code: str | None = text(default=None)
    failure_detail: str | None = text(default=None)


class HappyOrNotCursor(Table, table=True):
    """The day before which everything of a generation has been read at least once."""

    __tablename__ = "happy_or_not_cursor"
    __table_args__ = (one_of("generation", Generation, "generation_known"),)

    generation: str = text(primary_key=True)
    read_until: date
