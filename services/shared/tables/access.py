"""Who may do what, and which creating requests were already answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Field

from services.shared.tables.base import Table, json_object, one_of, text, text_list, timestamp


class Service(StrEnum):
    """The services, as they name themselves in logs, statements and keys' answers."""

    FEEDBACK_API = "feedback_api"
    SURVEY_API = "survey_api"
    REPORTING_API = "reporting_api"


class ApiKey(Table, table=True):
    """A key's name, scopes and the SHA-256 of its secret; the key itself is shown once and never stored."""

    __tablename__ = "api_key"

    id: UUID = Field(primary_key=True)
    name: str = text(unique=True)
    prefix: str = text(unique=True)
    secret_hash: str = text()
    scopes: list[str] = text_list()
    created_at: datetime = timestamp()
    expires_at: datetime | None = timestamp(default=None)
    revoked_at: datetime | None = timestamp(default=None)


class IdempotencyKey(Table, table=True):
    """A creating request that was answered: repeated with the same key and body it gets the same answer.

    ``caller`` is the API key's id, or empty for the public. ``answer`` is null only inside the transaction that
    creates it.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (one_of("service", Service, "service_known"),)

    service: str = text(primary_key=True)
    caller: str = text(primary_key=True)
    key: str = text(primary_key=True)
    request_hash: str = text()
    answer: dict[str, Any] | None = json_object(nullable=True)
    created_at: datetime = timestamp(index=True)
