"""Invitations on the wire."""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field

from services.shared.schemas import Code, PastDay, RequestModel, ResponseModel
from services.shared.tables import SurveyInvitation
from services.shared.tables.surveys import CollectionMode

COUNT_MAX = 10_000_000
"""Most invitations of one day and way: more than there are residents of any Finnish city; so that sums have a bound."""

ITEMS_MAX = 1_000
"""Most counts of one request: two years of days of one service point."""


class InvitationCount(RequestModel):
    """How many were invited on a day; it replaces what was said of that day, way and service point before."""

    sent_on: PastDay = Field(description="The day, in the city's calendar.", examples=["2021-05-04"])
    count: int = Field(ge=0, le=COUNT_MAX, description="How many persons were invited.", examples=[250])
    service_point: Code | None = Field(
        default=None, description="Whose clients were invited, by code; by default the survey's own unit."
    )
    collection_mode: CollectionMode | None = Field(
        default=None,
        description="The way in which the invited answer; by default the survey's. Nobody is invited to a device.",
        examples=["sms"],
    )


class InvitationsReplace(RequestModel):
    """Counts by day, way and service point, each once."""

    items: list[InvitationCount] = Field(min_length=1, max_length=ITEMS_MAX)


class InvitationOutcome(StrEnum):
    """What became of a count."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class InvitationRead(ResponseModel):
    """Invitations of one day, way and service point."""

    survey: str
    service_point: str
    sent_on: date
    collection_mode: CollectionMode
    count: int

    @classmethod
    def of(cls, row: SurveyInvitation) -> Self:
        """The count as it is stored."""
        return cls(
            survey=row.survey_code,
            service_point=row.service_point_code,
            sent_on=row.sent_on,
            collection_mode=CollectionMode(row.collection_mode),
            count=row.count,
        )


class InvitationWritten(InvitationRead):
    """A count, and what became of it."""

    outcome: InvitationOutcome


class InvitationsWritten(ResponseModel):
    """One outcome a count, in the order they were sent."""

    items: list[InvitationWritten]


class InvitationPage(ResponseModel):
    """Counts by day, service point and way."""

    items: list[InvitationRead]
    next: str | None = Field(description="The cursor of the next page; null at the end.")
