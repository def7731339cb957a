"""What Open311 answers, by the standard's names. XML has the same elements; what is absent is null, or empty in XML."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from services.shared.schemas import ResponseModel


class Open311Error(ResponseModel):
    """An error, by the standard: always in a list."""

    code: int
    description: str


class Endpoint(ResponseModel):
    """Where the API is, of the discovery document."""

    specification: str
    url: str
    changeset: datetime
    type: Literal["production", "test"]
    formats: list[str]
    locales: list[str]


class Discovery(ResponseModel):
    """The discovery document."""

    changeset: datetime
    contact: str
    key_service: str
    endpoints: list[Endpoint]


class ServicePublic(ResponseModel):
    """A service that can be asked for. ``metadata`` says whether it has a definition."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: Literal["realtime", "batch", "blackbox"]
    keywords: str
    group: str


class AttributeValue(ResponseModel):
    """A value to choose."""

    key: str
    name: str


class Attribute(ResponseModel):
    """A further question of a service. ``variable`` false is text to show."""

    variable: bool
    code: str
    datatype: Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
    required: bool
    datatype_description: str
    order: int
    description: str
    values: list[AttributeValue]


class ServiceDefinition(ResponseModel):
    """The further questions of a service."""

    service_code: str
    attributes: list[Attribute]


class RequestCreated(ResponseModel):
    """The answer to a POST: always one in a list."""

    service_request_id: str
    service_notice: str
    account_id: str | None


class Token(ResponseModel):
    """The id that a token stands for."""

    service_request_id: str
    token: str


class Task(ResponseModel):
    """A step of the item's way through the organisation, as CitySDK has it."""

    task_state: Literal["open", "re_assigned", "completed", "closed"]
    task_type: Literal["assigned", "moved_to_other_system", "transferred_out"]
    owner_name: str
    task_created: datetime
    task_modified: datetime


class ExtendedAttributes(ResponseModel):
    """CitySDK's additions, under ``extensions=true``."""

    title: str | None
    service_object_id: str | None
    service_object_type: str | None
    detailed_status: str
    media_urls: list[str]
    tasks: list[Task]
    zip_code: str | None
    closed_datetime: datetime | None


class ServiceRequest(ResponseModel):
    """An item. Words, place and pictures only once a moderator has published it."""

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str | None
    service_name: str
    service_code: str
    description: str | None
    agency_responsible: str
    service_notice: str | None
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    address: str | None
    address_id: str | None
    zipcode: str | None
    lat: float | None
    long: float | None
    media_url: str | None
    extended_attributes: ExtendedAttributes | None = Field(description="Absent without `extensions=true`.")


class RequestUpdate(ResponseModel):
    """Something that happened to an item, as FixMyStreet reads it."""

    update_id: str
    service_request_id: str
    status: str
    updated_datetime: datetime
    description: str
    media_url: str | None


class UpdateCreated(ResponseModel):
    """The answer to a posted update."""

    update_id: str
    service_request_id: str
