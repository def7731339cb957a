"""Requests and answers about proposals of client panels."""

from datetime import date
from uuid import UUID

from pydantic import Field

from services.feedback_api.registers.schemas import MaskedAnswer, Provenance, RecordPublic
from services.shared.schemas import FreeText, PastDay, RequestModel, ResponseModel
from services.shared.tables.participation import ProposalStatus


class ProposalFields(RequestModel):
    """What a panel proposed, and what became of it. All of it is public: it names no client."""

    panel_id: UUID
    proposed_on: PastDay = Field(examples=["2021-05-04"])
    text: FreeText = Field(description="What was proposed. A personal identity code is refused.")
    status: ProposalStatus = ProposalStatus.OPEN
    answered_on: PastDay | None = Field(default=None, description="The day of the answer; none while it is open.")
    answer: FreeText | None = Field(default=None, description="What was answered.")


class ProposalCreate(Provenance, ProposalFields):
    """A proposal as it is registered."""


class ProposalPublic(RecordPublic):
    """A registered proposal."""

    panel_id: UUID
    proposed_on: date
    text: str
    status: ProposalStatus
    answered_on: date | None
    answer: str | None


class ProposalWritten(MaskedAnswer, ProposalPublic):
    """The proposal as it was stored."""


class ProposalPage(ResponseModel):
    """A page of proposals, in the order they were registered."""

    items: list[ProposalPublic]
    next: str | None = Field(description="The cursor of the next page; null at the end.")
