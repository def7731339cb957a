"""The catalogue as forms and importers read it."""

from datetime import date

from pydantic import Field

from services.shared.schemas import ResponseModel


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


class CataloguePublic(ResponseModel):
    """Everything a form lets people choose from."""

    revision: str = Field(description="Changes when anything in the catalogue does.")
    types: list[CatalogueEntry]
    topics: list[CatalogueEntry]
    channels: list[CatalogueEntry]
    themes: list[CatalogueEntry]
    units: list[UnitEntry]
    ombudsman_services: list[CatalogueEntry]
    ombudsman_reasons: list[CatalogueEntry]
