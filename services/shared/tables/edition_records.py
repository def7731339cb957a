"""The records an edition was counted from, kept as they were; the views of the schema ``published`` read them.

They are copies without any link to the records themselves: ids are their own, but for public acts, and hold no personal
data.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, SmallInteger
from sqlmodel import Field

from services.shared.tables.base import Labels, Table, labels, text, timestamp


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


class EditionPanelAct(EditionRecord):
    """What is kept of the panel whose act it is. Public acts keep their own ids, which are public too."""

    panel_id: UUID
    panel_kind: str = text()
    panel_names: Labels = labels()
    unit_code: str = text()


class EditionMeeting(EditionPanelAct, table=True):
    """Meetings of panels."""

    __tablename__ = "edition_meeting"
    __table_args__ = (_of_edition(), Index("ix_edition_meeting_acted_on", "acted_on"))

    id: UUID = Field(primary_key=True)
    source: str = text()
    acted_on: date
    participants: int
    memo: str | None = text(default=None)
    memo_url: str | None = text(default=None)


class EditionProposal(EditionPanelAct, table=True):
    """Proposals of panels: ``act`` says whether one was made or answered in the quarter."""

    __tablename__ = "edition_proposal"
    __table_args__ = (_of_edition(), Index("ix_edition_proposal_acted_on", "acted_on"))

    id: UUID = Field(primary_key=True)
    source: str = text()
    act: str = text(primary_key=True)
    acted_on: date
    proposed_on: date
    body: str = text()
    status: str = text()
    answered_on: date | None = Field(default=None)
    answer: str | None = text(default=None)


class EditionInitiative(EditionRecord, table=True):
    """Residents' initiatives: ``act`` says whether one was received or decided in the quarter."""

    __tablename__ = "edition_initiative"
    __table_args__ = (_of_edition(), Index("ix_edition_initiative_acted_on", "acted_on"))

    id: UUID = Field(primary_key=True)
    source: str = text()
    act: str = text(primary_key=True)
    acted_on: date
    subject: str = text()
    received_on: date
    unit_code: str = text()
    handled_by: str = text()
    status: str = text()
    decided_on: date | None = Field(default=None)
    url: str | None = text(default=None)


class EditionInvitations(EditionRecord, table=True):
    """How many were invited to surveys."""

    __tablename__ = "edition_invitations"
    __table_args__ = (_of_edition(), Index("ix_edition_invitations_sent_on", "sent_on"))

    service_point_code: str = text(primary_key=True)
    survey_code: str = text(primary_key=True)
    sent_on: date = Field(primary_key=True)
    collection_mode: str = text(primary_key=True)
    count: int = Field(sa_type=BigInteger)
