"""The registers of participation: social reports, client panels with their meetings and proposals, and initiatives.

None holds client data. A social report's note is staff's own words and lies in a table of its own, which reporting_api
cannot read; what panels, councils and initiatives write is public.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from services.shared.tables.base import Labels, Table, has_finnish, labels, one_of, text, timestamp


class RegisterRecord(Table):
    """What every record has. ``source`` is ``staff`` for what was keyed in here, else the register it came from."""

    id: UUID = Field(primary_key=True)
    source: str = text()
    source_reference: str | None = text(default=None)
    recorded_at: datetime = timestamp()


class SocialReport(RegisterRecord, table=True):
    """One note of staff on why clients seek help and what keeps them from getting it (sosiaalinen raportointi)."""

    __tablename__ = "social_report"
    __table_args__ = (
        UniqueConstraint("source", "source_reference"),
        CheckConstraint("observed_on >= DATE '2000-01-01'", name="observed_on_plausible"),
    )

    observed_on: date = Field(index=True)
    unit_code: str = text(foreign_key="unit.code")


class SocialReportReason(Table, table=True):
    """One reason why clients sought help."""

    __tablename__ = "social_report_reason"

    report_id: UUID = Field(primary_key=True, foreign_key="social_report.id", ondelete="CASCADE")
    reason_code: str = text(primary_key=True, foreign_key="help_reason.code")


class SocialReportBarrier(Table, table=True):
    """One thing that kept clients from getting help."""

    __tablename__ = "social_report_barrier"

    report_id: UUID = Field(primary_key=True, foreign_key="social_report.id", ondelete="CASCADE")
    barrier_code: str = text(primary_key=True, foreign_key="help_barrier.code")


class SocialReportNote(Table, table=True):
    """What staff wrote beside the codes."""

    __tablename__ = "social_report_note"

    report_id: UUID = Field(primary_key=True, foreign_key="social_report.id", ondelete="CASCADE")
    body: str = text()


class PanelKind(StrEnum):
    """How clients take part: a panel of clients, an elected council, or a group of experts by experience."""

    PANEL = "panel"
    COUNCIL = "council"
    EXPERTS_BY_EXPERIENCE = "experts_by_experience"


class ClientPanel(RegisterRecord, table=True):
    """A panel (asiakasraati), council (asiakasneuvosto) or group of experts by experience (kokemusasiantuntijat)."""

    __tablename__ = "client_panel"
    __table_args__ = (
        one_of("kind", PanelKind, "kind_known"),
        has_finnish("names", "names_have_finnish"),
        UniqueConstraint("source", "source_reference"),
    )

    kind: str = text()
    names: Labels = labels()
    unit_code: str = text(foreign_key="unit.code")


class PanelMeeting(RegisterRecord, table=True):
    """A meeting, with its public memo as text, as a link, or both."""

    __tablename__ = "panel_meeting"
    __table_args__ = (
        UniqueConstraint("source", "source_reference"),
        CheckConstraint("held_on >= DATE '2000-01-01'", name="held_on_plausible"),
        CheckConstraint("participants > 0", name="participants_positive"),
    )

    panel_id: UUID = Field(foreign_key="client_panel.id", index=True)
    held_on: date = Field(index=True)
    participants: int
    memo: str | None = text(default=None)
    memo_url: str | None = text(default=None)


class ProposalStatus(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    CARRIED_OUT = "carried_out"
    DECLINED = "declined"


class PanelProposal(RegisterRecord, table=True):
    """What a panel proposed and what was answered; an open one is not answered yet."""

    __tablename__ = "panel_proposal"
    __table_args__ = (
        one_of("status", ProposalStatus, "status_known"),
        UniqueConstraint("source", "source_reference"),
        CheckConstraint("proposed_on >= DATE '2000-01-01'", name="proposed_on_plausible"),
        CheckConstraint("(status = 'open') = (answered_on IS NULL)", name="answered_unless_open"),
        CheckConstraint("answered_on >= proposed_on", name="answered_after_proposed"),
    )

    panel_id: UUID = Field(foreign_key="client_panel.id", index=True)
    proposed_on: date = Field(index=True)
    body: str = text()
    status: str = text()
    answered_on: date | None = Field(default=None, index=True)
    answer: str | None = text(default=None)


class InitiativeStatus(StrEnum):
    """Where a residents' initiative stands."""

    RECEIVED = "received"
    BEING_HANDLED = "being_handled"
    DECIDED = "decided"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"


class ResidentsInitiative(RegisterRecord, table=True):
    """A residents' initiative (kuntalaisaloite): its subject and who handles it, never who made it."""

    __tablename__ = "residents_initiative"
    __table_args__ = (
        one_of("status", InitiativeStatus, "status_known"),
        UniqueConstraint("source", "source_reference"),
        CheckConstraint("received_on >= DATE '2000-01-01'", name="received_on_plausible"),
        CheckConstraint("(status = 'decided') = (decided_on IS NOT NULL)", name="decided_has_day"),
        CheckConstraint("decided_on >= received_on", name="decided_after_received"),
    )

    subject: str = text()
    received_on: date = Field(index=True)
    unit_code: str = text(foreign_key="unit.code")
    handled_by: str = text()
    status: str = text()
    decided_on: date | None = Field(default=None, index=True)
    url: str | None = text(default=None)
