"""Surveys, their immutable versions, the responses, and the one histogram every survey statistic is read from."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlmodel import Field

from services.shared.tables.base import (
    Labels,
    Table,
    has_finnish,
    json_object,
    labels,
    one_of,
    optional_text_list,
    text,
    timestamp,
)


class SurveyKind(StrEnum):
    """Which section of the review a survey feeds."""

    CHAT = "chat"
    SMILEY = "smiley"
    QUESTIONNAIRE = "questionnaire"


class CollectionMode(StrEnum):
    """How an answer was given. Scores of different modes are not comparable as such."""

    CHAT = "chat"
    WEB = "web"
    DEVICE = "device"
    SMS = "sms"
    PAPER = "paper"
    ORAL = "oral"
    PHYSICAL = "physical"
    DIGITAL = "digital"
    TOUCHLESS = "touchless"
    QR = "qr"
    LINK = "link"
    EMAIL = "email"


DEVICE_MODES = frozenset(
    {CollectionMode.DEVICE, CollectionMode.PHYSICAL, CollectionMode.DIGITAL, CollectionMode.TOUCHLESS}
)
"""Presses at a device of the city's: ``device`` where it is not told whether by button, screen or gesture."""


class TimePrecision(StrEnum):
    """How exactly ``given_at`` is known; of an ``hour`` it is the beginning."""

    SECOND = "second"
    HOUR = "hour"


class MisuseReason(StrEnum):
    """Why an answer is left out of figures: its sender said so, or our own rule on repeated presses."""

    VENDOR_FLAG = "vendor_flag"
    REPEATED_PRESS = "repeated_press"


class RespondentRole(StrEnum):
    """Who is asked. Each has questions of its own, so each has surveys of its own."""

    CLIENT = "client"
    """The service's client, from 13 years."""
    CHILD = "child"
    """A child of 7 to 12 years."""
    CLOSE_RELATIVE = "close_relative"
    PROFESSIONAL = "professional"
    OTHER = "other"


class QuestionKind(StrEnum):
    """What an answer may be; ``services.survey_api.surveys.answers`` gives each kind's rule and histogram values."""

    SCALE = "scale"
    SMILEY_4 = "smiley_4"
    SMILEY_5 = "smiley_5"
    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    YES_NO = "yes_no"
    GRADE = "grade"
    NPS = "nps"
    TEXT = "text"


class QuestionPurpose(StrEnum):
    """What the review uses a question for."""

    SATISFACTION = "satisfaction"
    CONTACT_TOPIC = "contact_topic"
    STATEMENT = "statement"
    OVERALL_GRADE = "overall_grade"
    RECOMMENDATION = "recommendation"
    COMMENT = "comment"
    OTHER = "other"


class CommentRelease(StrEnum):
    """What was decided about a comment."""

    RELEASED = "released"
    WITHHELD = "withheld"


RESPONSES_QUESTION = "_responses"
"""Histogram key under which each response is counted once, whatever it answers. No question may bear this code."""

PARTIAL_QUESTION = "_partial"
"""Histogram key under which each response that is not complete is counted once more."""

ASKED_PREFIX = "_asked_"
"""Before a follow-up question's code: histogram key under which each response that was asked it is counted once."""

RESPONSE_VALUE = 1
"""Histogram value of the :data:`RESPONSES_QUESTION`, partial and asked rows, and of a text question's rows (a text was
given)."""

MISUSE_QUESTION = "_misuse"
"""Histogram key under which each response left out as misuse is counted, once and nowhere else."""

RESPONDENTS_VALUE = 0
"""Histogram value that counts the respondents of a multiple-choice question, the base of its shares; options
count from 1."""


class Survey(Table, table=True):
    """A survey: a chat's questionnaire, a smiley question, a client survey.

    ``allowed_origins`` are the origins whose pages may show and answer it; null for any. ``revision`` grows with each
    change.
    """

    __tablename__ = "survey"
    __table_args__ = (
        one_of("kind", SurveyKind, "kind_known"),
        one_of("collection_mode", CollectionMode, "collection_mode_known"),
        one_of("respondent_role", RespondentRole, "respondent_role_known"),
        CheckConstraint("revision >= 1", name="revision_positive"),
        has_finnish("names", "names_have_finnish"),
        CheckConstraint("closes_at IS NULL OR closes_at > opens_at", name="closes_after_opens"),
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{0,62}$'", name="code_is_slug"),
        # They stand in headers: nothing that could begin another directive.
        CheckConstraint(
            "array_position(allowed_origins, NULL) IS NULL"
            " AND array_to_string(allowed_origins, '') ~ '^[a-z0-9:/.\\[\\]-]*$'",
            name="allowed_origins_are_origins",
        ),
    )

    code: str = text(primary_key=True)
    kind: str = text()
    names: Labels = labels()
    unit_code: str = text(foreign_key="unit.code")
    collection_mode: str = text()
    opens_at: datetime = timestamp()
    closes_at: datetime | None = timestamp(default=None)
    is_demonstration: bool
    allowed_origins: list[str] | None = optional_text_list()
    created_at: datetime = timestamp()
    respondent_role: str = text(default=RespondentRole.CLIENT, sa_column_kwargs={"server_default": "client"})
    allows_several_per_interaction: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    widget_sends_partial: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class SurveyVersion(Table, table=True):
    """A set of questions: a draft until it has ``published_at``, then never changed (a trigger holds it to that)."""

    __tablename__ = "survey_version"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_positive"),
        Index("uq_survey_version_one_draft", "survey_code", unique=True, postgresql_where="published_at IS NULL"),
    )

    survey_code: str = text(primary_key=True, foreign_key="survey.code")
    version: int = Field(primary_key=True)
    published_at: datetime | None = timestamp(default=None)


class SurveyQuestion(Table, table=True):
    """A question of a version. The same code in two versions is the same question, and comparable.

    ``shown_when`` of a follow-up: the ``question`` before it and the ``values`` after which it is asked.
    ``question_set`` names the set it was taken from. ``replaces`` is the question it follows without being comparable.
    ``change_note`` says why it stays comparable although its words changed.
    """

    __tablename__ = "survey_question"
    __table_args__ = (
        ForeignKeyConstraint(
            ["survey_code", "version"],
            ["survey_version.survey_code", "survey_version.version"],
            name="fk_survey_question_survey_version",
        ),
        one_of("kind", QuestionKind, "kind_known"),
        one_of("purpose", QuestionPurpose, "purpose_known"),
        has_finnish("labels", "labels_have_finnish"),
        CheckConstraint("(kind = 'scale') = (scale_steps IS NOT NULL)", name="scale_has_steps"),
        CheckConstraint("100 % (scale_steps - 1) = 0", name="scale_steps_are_whole"),
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9_]{0,62}$'", name="code_is_name"),
        CheckConstraint(
            "shown_when ? 'question' AND shown_when ? 'values' AND jsonb_typeof(shown_when -> 'values') = 'array'",
            name="shown_when_has_question_and_values",
        ),
        CheckConstraint("replaces <> code", name="replaces_another"),
    )

    survey_code: str = text(primary_key=True)
    version: int = Field(primary_key=True)
    code: str = text(primary_key=True)
    position: int
    kind: str = text()
    purpose: str = text()
    labels: Labels = labels()
    scale_steps: int | None = None
    is_required: bool
    shown_when: dict[str, Any] | None = json_object(nullable=True)
    question_set: str | None = text(default=None)
    replaces: str | None = text(default=None)
    change_note: str | None = text(default=None)


class SurveyOption(Table, table=True):
    """An option of a choice question; ``number`` is its histogram value and never means another option later."""

    __tablename__ = "survey_option"
    __table_args__ = (
        ForeignKeyConstraint(
            ["survey_code", "version", "question_code"],
            ["survey_question.survey_code", "survey_question.version", "survey_question.code"],
            name="fk_survey_option_survey_question",
        ),
        UniqueConstraint("survey_code", "version", "question_code", "number"),
        has_finnish("labels", "labels_have_finnish"),
        CheckConstraint("number >= 1", name="number_positive"),
    )

    survey_code: str = text(primary_key=True)
    version: int = Field(primary_key=True)
    question_code: str = text(primary_key=True)
    code: str = text(primary_key=True)
    number: int = Field(sa_type=SmallInteger)
    position: int
    labels: Labels = labels()


class SurveyResponse(Table, table=True):
    """One respondent's answers, as given: question code to answer, texts apart in the content.

    Those with a ``source_misuse_reason`` (their sender's judgement) or a ``misuse_reason`` (ours, by ``misuse_rule``)
    are in no figure.
    ``single_interaction`` is the interaction's reference where the survey takes one response of each.
    Its unit, survey version and device are there and stay, as foreign keys would have it: triggers hold statements, not
    rows, to that, as an import of thousands of rows names a few of each.
    """

    __tablename__ = "survey_response"
    __table_args__ = (
        one_of("collection_mode", CollectionMode, "collection_mode_known"),
        one_of("precision", TimePrecision, "precision_known"),
        one_of("source_misuse_reason", MisuseReason, "source_misuse_reason_known"),
        one_of("misuse_reason", MisuseReason, "misuse_reason_known"),
        CheckConstraint("(misuse_reason IS NULL) = (misuse_rule IS NULL)", name="misuse_has_rule"),
        CheckConstraint(
            "given_on = (given_at AT TIME ZONE 'Europe/Helsinki')::date"
            " AND given_hour = extract(hour FROM given_at AT TIME ZONE 'Europe/Helsinki')",
            name="given_on_is_local_day",
        ),
        Index("ix_survey_response_survey_code_given_on", "survey_code", "given_on"),
        CheckConstraint("single_interaction = interaction_reference", name="single_interaction_is_interaction"),
        Index("ix_survey_response_recorded_at_id", "recorded_at", "id"),
        Index(
            "ix_survey_response_device_code_given_at",
            "device_code",
            "given_at",
            postgresql_where=sql("device_code IS NOT NULL"),
        ),
        Index(
            "ix_survey_response_source_source_point_given_at",
            "source",
            "source_point",
            "given_at",
            postgresql_where=sql("source_point IS NOT NULL"),
        ),
        Index(
            "uq_survey_response_single_interaction",
            "survey_code",
            "version",
            "single_interaction",
            unique=True,
            postgresql_where="single_interaction IS NOT NULL",
        ),
    )

    service_point_code: str = text(primary_key=True)
    id: UUID = Field(primary_key=True)
    survey_code: str = text()
    version: int
    collection_mode: str = text()
    given_at: datetime = timestamp()
    given_on: date
    given_hour: int = Field(sa_type=SmallInteger)
    recorded_at: datetime = timestamp()
    language: str | None = text(default=None)
    interaction_reference: str | None = text(default=None)
    content_hash: str = text()
    answers: dict[str, Any] = json_object()
    device_code: str | None = text(default=None)
    source: str | None = text(default=None)
    source_point: str | None = text(default=None)
    precision: str = text(sa_column_kwargs={"server_default": TimePrecision.SECOND.value})
    source_misuse_reason: str | None = text(default=None)
    misuse_reason: str | None = text(default=None)
    misuse_rule: str | None = text(default=None)
    is_complete: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    single_interaction: str | None = text(default=None)


class SurveyResponseContent(Table, table=True):
    """The open comments of a response: question code to text. Can be erased without any figure changing."""

    __tablename__ = "survey_response_content"
    __table_args__ = (
        ForeignKeyConstraint(
            ["service_point_code", "response_id"],
            ["survey_response.service_point_code", "survey_response.id"],
            name="fk_survey_response_content_survey_response",
        ),
    )

    service_point_code: str = text(primary_key=True)
    response_id: UUID = Field(primary_key=True)
    comments: dict[str, str] = json_object()


class CommentDecision(Table, table=True):
    """What a person decided about publishing a comment; without a decision it is not published.

    ``shown_text`` is what is published in place of the comment's own words, which stay as content.
    """

    __tablename__ = "comment_decision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["service_point_code", "response_id"],
            ["survey_response_content.service_point_code", "survey_response_content.response_id"],
            name="fk_comment_decision_survey_response_content",
            ondelete="CASCADE",
        ),
        one_of("decision", CommentRelease, "decision_known"),
        CheckConstraint("shown_text IS NULL OR decision = 'released'", name="shown_text_is_released"),
        CheckConstraint("shown_text ~ '\\S'", name="shown_text_not_blank"),
    )

    service_point_code: str = text(primary_key=True)
    response_id: UUID = Field(primary_key=True)
    question_code: str = text(primary_key=True)
    decision: str = text()
    reason: str = text()
    decided_by: str = text()
    decided_at: datetime = timestamp()
    shown_text: str | None = text(default=None)


class SurveyInvitation(Table, table=True):
    """How many were invited to answer on a day: what a response rate is counted from."""

    __tablename__ = "survey_invitation"
    __table_args__ = (
        one_of("collection_mode", CollectionMode, "collection_mode_known"),
        CheckConstraint("count >= 0", name="count_not_negative"),
        Index("ix_survey_invitation_sent_on", "sent_on"),
    )

    service_point_code: str = text(primary_key=True, foreign_key="unit.code")
    survey_code: str = text(primary_key=True, foreign_key="survey.code")
    sent_on: date = Field(primary_key=True)
    collection_mode: str = text(primary_key=True)
    count: int = Field(sa_type=BigInteger)
    recorded_at: datetime = timestamp()


class AnswerHistogram(Table, table=True):
    """How many answers of each value, by service point, question, local day and local hour."""

    __tablename__ = "answer_histogram"
    __table_args__ = (
        one_of("collection_mode", CollectionMode, "collection_mode_known"),
        CheckConstraint("count >= 0", name="count_not_negative"),
        CheckConstraint("given_hour BETWEEN 0 AND 23", name="given_hour_of_day"),
        Index("ix_answer_histogram_given_on", "given_on"),
    )

    service_point_code: str = text(primary_key=True, foreign_key="unit.code")
    survey_code: str = text(primary_key=True, foreign_key="survey.code")
    question_code: str = text(primary_key=True)
    given_on: date = Field(primary_key=True)
    given_hour: int = Field(primary_key=True, sa_type=SmallInteger)
    version: int = Field(primary_key=True)
    collection_mode: str = text(primary_key=True)
    value: int = Field(primary_key=True, sa_type=SmallInteger)
    count: int = Field(sa_type=BigInteger)


class AnswerChange(Table, table=True):
    """A month whose histogram a transaction has changed, by the number of the transaction: written by triggers.

    ``-infinity`` stands for all months. Rows are let go of after :attr:`Settings.answer_changes_days`.
    """

    __tablename__ = "answer_change"

    month: date = Field(primary_key=True)
    xid: int = Field(primary_key=True, sa_type=BigInteger)
    recorded_at: datetime = timestamp(sa_column_kwargs={"server_default": sql("now()")})


class CommentHandover(Table, table=True):
    """The outbox: a comment whose writer wants it handled, on its way to feedback_api.

    ``payload`` is the feedback to post; it is emptied once delivered, as the content then lives in one place only.
    ``delivered_at`` and ``feedback_id`` are set together; ``parked_at`` marks one that feedback_api refuses.
    """

    __tablename__ = "comment_handover"
    __table_args__ = (
        CheckConstraint("(delivered_at IS NULL) = (feedback_id IS NULL)", name="delivered_has_feedback"),
        CheckConstraint("(delivered_at IS NULL) = (payload IS NOT NULL)", name="payload_until_delivered"),
        Index("ix_comment_handover_response_id", "response_id"),
        Index(
            "ix_comment_handover_due",
            "next_attempt_at",
            postgresql_where="delivered_at IS NULL AND parked_at IS NULL",
        ),
    )

    id: UUID = Field(primary_key=True)
    service_point_code: str = text()
    response_id: UUID
    payload: dict[str, Any] | None = json_object(nullable=True)
    created_at: datetime = timestamp()
    next_attempt_at: datetime = timestamp()
    attempts: int
    last_error: str | None = text(default=None)
    parked_at: datetime | None = timestamp(default=None)
    delivered_at: datetime | None = timestamp(default=None)
    feedback_id: UUID | None = None
