"""Contacts to the social and patient ombudsmen: counted, never read."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from services.shared.tables.base import Table, one_of, text, timestamp


class ContactMode(StrEnum):
    """How a contact came."""

    PHONE = "phone"
    EMAIL = "email"
    VISIT = "visit"
    LETTER = "letter"
    ONLINE = "online"
    OTHER = "other"


class OmbudsmanContact(Table, table=True):
    """One contact to the ombudsmen. Holds no client data."""

    __tablename__ = "ombudsman_contact"
    __table_args__ = (
        one_of("contact_mode", ContactMode, "contact_mode_known"),
        UniqueConstraint("source", "source_reference"),
        CheckConstraint("contacted_on >= DATE '2000-01-01'", name="contacted_on_plausible"),
    )

    id: UUID = Field(primary_key=True)
    source: str = text()
    source_reference: str | None = text(default=None)
    contacted_on: date = Field(index=True)
    service_code: str = text(foreign_key="ombudsman_service.code")
    contact_mode: str = text()
    recorded_at: datetime = timestamp()


class OmbudsmanContactReason(Table, table=True):
    """One reason of a contact; a contact has one or more."""

    __tablename__ = "ombudsman_contact_reason"

    contact_id: UUID = Field(primary_key=True, foreign_key="ombudsman_contact.id")
    reason_code: str = text(primary_key=True, foreign_key="ombudsman_reason.code")
