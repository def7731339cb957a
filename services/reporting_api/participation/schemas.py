"""The public acts of participation of a quarter."""

from datetime import date
from uuid import UUID

from pydantic import Field

from services.reporting_api.periods.schemas import Demonstration, PeriodAnswer
from services.shared.schemas import ResponseModel
from services.shared.tables.base import Labels
from services.shared.tables.participation import InitiativeStatus, PanelKind, ProposalStatus


class UnitName(ResponseModel):
    """A unit by its code and names."""

    code: str
    names: Labels


class PanelName(ResponseModel):
    """The panel that met or proposed."""

    id: UUID
    kind: PanelKind
    names: Labels
    unit: UnitName


class Meeting(ResponseModel):
    """A meeting held in the quarter."""

    panel: PanelName
    held_on: date
    participants: int
    memo: str | None
    memo_url: str | None


class Proposal(ResponseModel):
    """A proposal made or answered in the quarter, as it stands now."""

    panel: PanelName
    proposed_on: date
    text: str
    status: ProposalStatus
    status_labels: Labels
    answered_on: date | None
    answer: str | None


class Initiative(ResponseModel):
    """A residents' initiative received or decided in the quarter, as it stands now."""

    subject: str
    received_on: date
    unit: UnitName
    handled_by: str
    status: InitiativeStatus
    status_labels: Labels
    decided_on: date | None
    url: str | None


class Participation(ResponseModel):
    """All of it is public. Social reports are counted in the figures only: their notes are read nowhere else."""

    period: PeriodAnswer
    demonstration: Demonstration
    meetings: list[Meeting] = Field(description="By the day they were held.")
    proposals: list[Proposal] = Field(description="By the day they were made.")
    initiatives: list[Initiative] = Field(description="By the day they were received.")
