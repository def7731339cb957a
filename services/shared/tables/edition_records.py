"""The records an edition was counted from, kept as they were; the views of the schema ``published`` read them.

They are copies without any link to the records themselves: ids are their own, and hold no personal data.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, SmallInteger
from sqlmodel import Field

from services.shared.tables.base import Table, text, timestamp


def _of_edition() -> ForeignKeyConstraint:
    """Deferred, as an edition's content is counted from its records before it is written itself."""
    return ForeignKeyConstraint(
        ["quarter", "edition"],
        ["edition.quarter", "edition.version"],
        ondelete="CASCADE",
        deferrable=True,
        initially="DEFERRED",
    )


class EditionRecord(Table):
    """The edition whose record it is."""

    quarter: str = text(primary_key=True)
    edition: int = Field(primary_key=True)


class EditionAnswers(EditionRecord, table=True):
    """Rows of the histogram."""

    __tablename__ = "edition_answers"
    __table_args__ = (_of_edition(), Index("ix_edition_answers_given_on", "given_on"))

    service_point_code: str = text(primary_key=True)
    survey_code: str = text(primary_key=True)
    question_code: str = text(primary_key=True)
    given_on: date = Field(primary_key=True)
    given_hour: int = Field(primary_key=True, sa_type=SmallInteger)
    version: int = Field(primary_key=True)
    collection_mode: str = text(primary_key=True)
    value: int = Field(primary_key=True, sa_type=SmallInteger)
    count: int = Field(sa_type=BigInteger)


class EditionFeedback(EditionRecord, table=True):
    """Facts of feedback in the figures."""

    __tablename__ = "edition_feedback"
    __table_args__ = (_of_edition(), Index("ix_edition_feedback_received_on", "received_on"))

    id: UUID = Field(primary_key=True)
    source: str = text()
    received_at: datetime = timestamp()
    received_on: date
    channel_code: str = text()
    unit_code: str = text()
    type_code: str = text()
    topic_code: str | None = text(default=None)
    language: str = text()
    state: str = text()
    reacted_at: datetime | None = timestamp(default=None)
    handled_at: datetime | None = timestamp(default=None)


class EditionKeptApart(EditionRecord, table=True):
    """Feedback that was kept out of the figures."""

    __tablename__ = "edition_kept_apart"
    __table_args__ = (_of_edition(), Index("ix_edition_kept_apart_received_on", "received_on"))

    id: UUID = Field(primary_key=True)
    received_on: date
    unit_code: str = text()
    hold: str = text()


class EditionContact(EditionRecord, table=True):
    """Contacts to the ombudsmen."""

    __tablename__ = "edition_contact"
    __table_args__ = (_of_edition(), Index("ix_edition_contact_contacted_on", "contacted_on"))

    id: UUID = Field(primary_key=True)
    source: str = text()
    contacted_on: date
    service_code: str = text()


class EditionSocialReport(EditionRecord, table=True):
    """Social reports."""

    __tablename__ = "edition_social_report"
    __table_args__ = (_of_edition(), Index("ix_edition_social_report_observed_on", "observed_on"))

    id: UUID = Field(primary_key=True)
    source: str = text()
    observed_on: date


class EditionCode(EditionRecord, table=True):
    """A theme of a feedback, a reason of a contact, a reason or barrier of a social report: ``kind`` says which."""

    __tablename__ = "edition_code"
    __table_args__ = (_of_edition(), Index("ix_edition_code_record_id", "record_id"))

    record_id: UUID = Field(primary_key=True)
    kind: str = text(primary_key=True)
    code: str = text(primary_key=True)
