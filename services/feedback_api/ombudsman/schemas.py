"""Requests and answers about ombudsman contacts."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.shared.schemas import Code, LineText, PastDay, RequestModel, ResponseModel
from services.shared.tables.ombudsman import ContactMode

REASONS_MAX = 20
"""Reasons of one contact; the catalogue has far fewer."""


class ContactFields(RequestModel):
    """A contact to the ombudsmen: counted, so nothing about the client."""

    contacted_on: PastDay = Field(description="The day of the contact.", examples=["2021-05-04"])
    service: Code = Field(
        description="What it was about: an ombudsman service of the catalogue.", examples=["family_and_social"]
    )
    reasons: list[Code] = Field(
        max_length=REASONS_MAX,
        description="Why: ombudsman reasons of the catalogue, each once. Empty where no reason was recorded.",
        examples=[["access_to_information"]],
    )
    contact_mode: ContactMode


class ContactCreate(ContactFields):
    """A contact as staff register it."""


class ContactImportLine(ContactFields):
    """One line of an import: a contact registered in another system."""

    source: Code
    reference: LineText = Field(description="The contact's id there; with the source it identifies the contact.")


class ContactPublic(ResponseModel):
    """A registered contact."""

    id: UUID
    source: str
    source_reference: str | None
    contacted_on: date
    service: str
    reasons: list[str]
    contact_mode: ContactMode
    recorded_at: datetime


class ContactPage(ResponseModel):
    """A page of contacts, in the order they were registered."""

    items: list[ContactPublic]
    next: str | None = Field(description="The cursor of the next page; null at the end.")


class ContactCounts(ResponseModel):
    """How many contacts, and why. A contact may have several reasons or none, so the two have different bases."""

    first_day: date
    last_day: date
    contacts: int
    by_service: dict[str, int]
    by_contact_mode: dict[str, int]
    reasons_recorded: int
    by_reason: dict[str, int]
