"""The public acts of participation of a quarter."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.reporting_api.periods.schemas import Demonstration, EditionShown, PeriodAnswer
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
    """A proposal made or answered in the quarter, as it stood when it was published, or else stands now."""

    panel: PanelName
    proposed_on: date
    text: str
    status: ProposalStatus
    status_labels: Labels
    answered_on: date | None
    answer: str | None


class Initiative(ResponseModel):
    """A residents' initiative received or decided in the quarter, as it stood when published, or else stands now."""

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
    as_of: datetime = Field(description="Nothing shown is older: now, or when the edition was counted.")
    editions: list[EditionShown] = Field(
        description="The published edition whose records these are; empty for keys of scope `report:internal`."
    )
    demonstration: Demonstration
    meetings: list[Meeting] = Field(description="By the day they were held.")
    proposals: list[Proposal] = Field(description="By the day they were made.")
    initiatives: list[Initiative] = Field(description="By the day they were received.")
