"""Held answers on the wire."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from services.shared.schemas import ResponseModel
from services.shared.tables import HeldAnswer
from services.shared.tables.devices import HeldKind, HoldReason
from services.survey_api.held_answers.repository import WaitingKey


class HeldKey(ResponseModel):
    """How many answers wait for one device or point."""

    reason: HoldReason
    key: str = Field(
        description="`device:{code}` or `source:{source}:{point}`.", examples=["source:happy_or_not:11:42"]
    )
    count: int
    oldest_given_at: datetime
    newest_given_at: datetime

    @classmethod
    def of(cls, waiting: WaitingKey) -> Self:
        """The count."""
        reason, key, count, oldest, newest = waiting
        return cls(reason=reason, key=key, count=count, oldest_given_at=oldest, newest_given_at=newest)


class HeldRead(ResponseModel):
    """A held answer: what it waits for, never what it says."""

    id: UUID
    kind: HeldKind
    reason: HoldReason
    key: str
    given_at: datetime
    received_at: datetime
    problem: dict[str, Any] | None = Field(
        description="Why it was refused when it could have been counted at last: `code` and `detail`."
    )

    @classmethod
    def of(cls, row: HeldAnswer) -> Self:
        """The held answer."""
        return cls.model_validate(row)


class HeldPage(ResponseModel):
    """Held answers in the order they came, and what is waited for most."""

    count: int
    by_reason: dict[HoldReason, int]
    by_key: list[HeldKey] = Field(description="Those with the most first, as many as a page has rows.")
    items: list[HeldRead]
    next: str | None


class ReleasedRead(ResponseModel):
    """What became of the held answers that could be counted."""

    counted: int
    refused: int = Field(description="They stay, with their `problem`.")
