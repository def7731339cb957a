"""Requests and answers about social reports."""

from datetime import date

from pydantic import Field

from services.feedback_api.registers.schemas import MaskedAnswer, Provenance, RecordPublic
from services.shared.schemas import Code, FreeText, PastDay, RequestModel, ResponseModel

CODES_MAX = 20
"""Reasons or barriers of one report; the catalogue has far fewer."""


class SocialReportFields(RequestModel):
    """What staff met with at work: never about one recognisable client."""

    observed_on: PastDay = Field(description="The day it was met with.", examples=["2021-05-04"])
    unit: Code = Field(description="Code or alias of the unit that met with it.", examples=["social-advice"])
    reasons: list[Code] = Field(
        max_length=CODES_MAX,
        description="Why clients sought help: help reasons of the catalogue, each once.",
        examples=[["housing"]],
    )
    barriers: list[Code] = Field(
        max_length=CODES_MAX,
        description="What kept them from getting it: help barriers of the catalogue, each once.",
        examples=[["waiting"]],
    )
    note: FreeText | None = Field(
        default=None,
        description="Staff's own words, for staff only. No client data: a personal identity code is refused.",
    )


class SocialReportCreate(Provenance, SocialReportFields):
    """A social report as it is registered."""


class SocialReportPublic(RecordPublic):
    """A registered social report."""

    observed_on: date
    unit: str
    reasons: list[str]
    barriers: list[str]
    note: str | None


class SocialReportWritten(MaskedAnswer, SocialReportPublic):
    """The report as it was stored."""


class SocialReportPage(ResponseModel):
    """A page of social reports, in the order they were registered."""

    items: list[SocialReportPublic]
    next: str | None = Field(description="The cursor of the next page; null at the end.")
