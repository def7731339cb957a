"""Requests and answers about residents' initiatives."""

from datetime import date

from pydantic import Field

from services.feedback_api.registers.schemas import Link, MaskedAnswer, Provenance, RecordPublic
from services.shared.schemas import Code, LineText, PastDay, RequestModel, ResponseModel
from services.shared.tables.participation import InitiativeStatus


class InitiativeFields(RequestModel):
    """What residents propose to the city. All of it is public: it does not say who they are."""

    subject: LineText = Field(
        description="What it is about. A personal identity code is refused.",
        examples=["Lisää penkkejä terveysasemalle"],
    )
    received_on: PastDay = Field(examples=["2021-05-04"])
    unit: Code = Field(description="Code or alias of the unit it concerns.", examples=["health-stations"])
    handled_by: LineText = Field(
        description="Where it is being handled: a board, a division, a unit.",
        examples=["Sosiaali- ja terveyslautakunta"],
    )
    status: InitiativeStatus = InitiativeStatus.RECEIVED
    decided_on: PastDay | None = Field(default=None, description="The day of the decision; none before it.")
    url: Link | None = Field(default=None, description="Where the initiative or the decision is published.")


class InitiativeCreate(Provenance, InitiativeFields):
    """An initiative as it is registered."""


class InitiativePublic(RecordPublic):
    """A registered initiative."""

    subject: str
    received_on: date
    unit: str
    handled_by: str
    status: InitiativeStatus
    decided_on: date | None
    url: str | None


class InitiativeWritten(MaskedAnswer, InitiativePublic):
    """The initiative as it was stored."""


class InitiativePage(ResponseModel):
    """A page of initiatives, in the order they were registered."""

    items: list[InitiativePublic]
    next: str | None = Field(description="The cursor of the next page; null at the end.")
