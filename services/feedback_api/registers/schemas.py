"""What requests and answers about all registers share."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AnyHttpUrl, Field, UrlConstraints

from services.shared.personal_data import PersonalData
from services.shared.schemas import Code, LineText, RequestModel, ResponseModel

LINK_MAX_LENGTH = 2_000
"""Longest address: what browsers and proxies are sure to take."""


def _without_login(value: AnyHttpUrl) -> AnyHttpUrl:
    if value.username or value.password:
        raise ValueError("holds a user name or password; give the address without it")
    return value


Link = Annotated[AnyHttpUrl, UrlConstraints(max_length=LINK_MAX_LENGTH), AfterValidator(_without_login)]
"""A public address, http or https."""


class Provenance(RequestModel):
    """Where a record comes from, if it was not keyed in here: both fields or neither."""

    source: Code | None = Field(
        default=None, description="The register the record comes from.", examples=["asiakasneuvostot"]
    )
    reference: LineText | None = Field(
        default=None, description="The record's id there; with the source it identifies the record."
    )


class RecordPublic(ResponseModel):
    """What every record shows."""

    id: UUID
    source: str
    source_reference: str | None
    recorded_at: datetime


class MaskedAnswer(ResponseModel):
    """What a writing answer says beside the record."""

    masked: list[PersonalData] = Field(description="Kinds of personal data that were masked in the texts.")
