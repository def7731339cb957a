"""Editions of the quarterly review, the officers' chapter texts, and what was done because of feedback."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import Field

from services.shared.tables.base import Labels, Table, has_finnish, labels, one_of, text, timestamp, translations

QUARTER_PATTERN = "^[0-9]{4}-Q[1-4]$"


class EditionState(StrEnum):
    """Where an edition is. A published one never changes again, but may be withdrawn."""

    DRAFT = "draft"
    SIGNED_OFF = "signed_off"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Chapter(StrEnum):
    """The review's chapters, in their order. Each may have an officer's text before its figures."""

    INTRODUCTION = "introduction"
    PARTICIPATION = "participation"
    FEEDBACK = "feedback"
    TOPICS = "topics"
    THEMES = "themes"
    ACCESSIBILITY = "accessibility"
    CHATS = "chats"
    SMILEYS = "smileys"
    OMBUDSMAN = "ombudsman"
    SURVEYS = "surveys"
    ACTIONS = "actions"
    METHODS = "methods"


class ReviewLanguage(StrEnum):
    """The languages a chapter's text is written in."""

    FI = "fi"
    SV = "sv"
    EN = "en"


def _quarter_is_label(column: str = "quarter") -> CheckConstraint:
    return CheckConstraint(f"{column} ~ '{QUARTER_PATTERN}'", name="quarter_is_label")


def _are_translations(of: str) -> tuple[CheckConstraint, CheckConstraint]:
    column = f"{of}_translations"
    return (
        CheckConstraint(f"{column} - '{{sv,en}}'::text[] = '{{}}'::jsonb", name=f"{column}_known"),
        CheckConstraint(f"{of} IS NOT NULL OR {column} = '{{}}'::jsonb", name=f"{of}_in_finnish_first"),
    )


def _hash_is_of(content: str, digest: str) -> CheckConstraint:
    return CheckConstraint(
        f"{digest} = encode(sha256(convert_to({content}, 'UTF8')), 'hex')", name=f"{digest}_is_of_{content}"
    )


class Edition(Table, table=True):
    """A version of a quarter's review. A trigger of the migration keeps a published one as it is."""

    __tablename__ = "edition"
    __table_args__ = (
        one_of("state", EditionState, "state_known"),
        _quarter_is_label(),
        _hash_is_of("content", "content_hash"),
        _hash_is_of("internal_content", "internal_hash"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("version = 1 OR reason IS NOT NULL", name="correction_has_reason"),
        CheckConstraint("signed_off_by_key IS NULL OR signed_off_by_key <> created_by_key", name="signed_by_another"),
        CheckConstraint("(state = 'draft') = (signed_off_at IS NULL)", name="signed_off_unless_draft"),
        CheckConstraint(
            "(state IN ('published', 'withdrawn')) = (published_at IS NOT NULL)", name="published_has_time"
        ),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_time"),
        CheckConstraint("withdrawn_at IS NULL OR withdrawal_reason IS NOT NULL", name="withdrawal_has_reason"),
        *_are_translations("reason"),
        *_are_translations("withdrawal_reason"),
        Index(
            "ix_edition_one_in_preparation",
            "quarter",
            unique=True,
            postgresql_where=sql("state IN ('draft', 'signed_off')"),
        ),
    )

    quarter: str = text(primary_key=True)
    version: int = Field(primary_key=True)
    state: str = text()
    content: str = text()
    """Canonical JSON of what the public is shown: sorted keys, no spaces."""
    content_hash: str = text()
    """SHA-256 of ``content``, in hexadecimal; the database checks it."""
    internal_content: str = text()
    """The same with nothing hidden, for keys of scope ``report:internal``."""
    internal_hash: str = text()
    code_version: str = text()
    reason: str | None = text(default=None)
    """Why a published version was corrected by this one, in Finnish."""
    reason_translations: Labels = translations()
    created_at: datetime = timestamp()
    created_by: str = text()
    created_by_key: UUID
    signed_off_at: datetime | None = timestamp(default=None)
    signed_off_by: str | None = text(default=None)
    signed_off_by_key: UUID | None = None
    published_at: datetime | None = timestamp(default=None)
    published_by: str | None = text(default=None)
    embargo_until: datetime | None = timestamp(default=None)
    withdrawn_at: datetime | None = timestamp(default=None)
    withdrawn_by: str | None = text(default=None)
    withdrawal_reason: str | None = text(default=None)
    """In Finnish."""
    withdrawal_reason_translations: Labels = translations()
    keeps_records: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """Whether the records it was counted from are kept; those made before records were kept have none."""


class ChapterText(Table, table=True):
    """An officer's text of a chapter in one language, as Markdown."""

    __tablename__ = "chapter_text"
    __table_args__ = (
        _quarter_is_label(),
        one_of("chapter", Chapter, "chapter_known"),
        one_of("language", ReviewLanguage, "language_known"),
    )

    quarter: str = text(primary_key=True)
    chapter: str = text(primary_key=True)
    language: str = text(primary_key=True)
    markdown: str = text()
    updated_at: datetime = timestamp()
    updated_by: str = text()


class ReviewAction(Table, table=True):
    """What was done because of feedback: "you said, we did"."""

    __tablename__ = "review_action"
    __table_args__ = (
        _quarter_is_label(),
        has_finnish("said", "said_has_finnish"),
        has_finnish("did", "did_has_finnish"),
        Index("ix_review_action_quarter", "quarter"),
    )

    id: UUID = Field(primary_key=True)
    quarter: str = text()
    topic_code: str | None = text(default=None, foreign_key="topic.code")
    unit_code: str | None = text(default=None, foreign_key="unit.code")
    done_on: date
    said: Labels = labels()
    did: Labels = labels()
    created_at: datetime = timestamp()
    created_by: str = text()
