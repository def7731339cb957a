"""The catalogue as forms and importers read it."""

from datetime import date

from pydantic import Field

from services.shared.schemas import ResponseModel
from services.shared.tables.catalogue import DeadlineBasis, DeadlineUnit


class CatalogueEntry(ResponseModel):
    """A type, topic, channel or theme."""

    code: str
    names: dict[str, str] = Field(description="Language to the word shown in it; `fi` is always there.")
    aliases: list[str] = Field(description="Codes of other systems that mean this one and are accepted too.")


class UnitEntry(CatalogueEntry):
    """A node of the organisation tree."""

    kind: str
    parent: str | None
    valid_from: date
    valid_to: date | None = Field(description="The first day it no longer exists; null while it does.")
    successor: str | None


class DeadlinePolicyEntry(ResponseModel):
    """By when a kind of matter is to be answered."""

    kind: str
    valid_from: date = Field(description="The first local day of receipt it holds for; until the next of its kind.")
    amount: int
    unit: DeadlineUnit = Field(
        description="`working_days` pass over closed days; otherwise only a closed last day moves."
    )
    basis: DeadlineBasis = Field(description="What makes it binding; a `city_promise` is not law.")
    is_general: bool = Field(description="For every feedback type that no other policy in force names.")
    types: list[str] = Field(description="The feedback types it is for.")
    only_reply_wanted: bool = Field(description="Holds only where the sender wants a reply.")
    names: dict[str, str]
    source: str = Field(description="Where it is stated, and what of it is a reading of ours.")


class CataloguePublic(ResponseModel):
    """Everything a form lets people choose from."""

    revision: str = Field(description="Changes when anything in the catalogue does.")
    types: list[CatalogueEntry]
    topics: list[CatalogueEntry]
    channels: list[CatalogueEntry]
    themes: list[CatalogueEntry]
    units: list[UnitEntry]
    deadline_policies: list[DeadlinePolicyEntry]
    ombudsman_services: list[CatalogueEntry]
    ombudsman_reasons: list[CatalogueEntry]
    help_reasons: list[CatalogueEntry] = Field(description="Why clients seek help: for social reports.")
    help_barriers: list[CatalogueEntry] = Field(description="What keeps clients from getting help.")
