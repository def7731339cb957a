"""Hourly counts on the wire."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from services.shared.schemas import Code, DatedInstant, LineText, RequestModel
from services.shared.tables.surveys import CollectionMode
from services.survey_api.responses.schemas import BUTTON_MAX, SourceCode
from services.survey_api.surveys.schemas import VERSION_MAX

COUNT_MAX = 1_000_000
"""Presses of one button in one hour: nobody gets there; a bound so that sums have one."""


def _whole_hour(value: datetime) -> datetime:
    in_utc = value.astimezone(UTC)  # an offset of half an hour begins its hours elsewhere
    if in_utc.minute or in_utc.second or in_utc.microsecond:
        raise ValueError("is not the beginning of an hour; give it as 2021-05-04T09:00:00+03:00")
    return value


class CountsLine(RequestModel):
    """How often each button was pressed in an hour; it replaces what was sent of the hour before."""

    survey: Code | None = Field(
        default=None, description="The survey's code; a device and a mapped point bring their own if not given."
    )
    service_point: Code | None = Field(default=None, description="By code; by default the survey's own.")
    device: Code | None = None
    source: SourceCode | None = None
    source_point: LineText | None = None
    hour: Annotated[DatedInstant, AfterValidator(_whole_hour)] = Field(
        description="The hour's beginning with its offset, which tells apart the hour that daylight saving repeats."
    )
    counts: list[Annotated[int, Field(ge=0, le=COUNT_MAX)]] = Field(
        min_length=1, max_length=BUTTON_MAX + 1, description="Presses of each button, the most negative first."
    )
    version: int | None = Field(default=None, ge=1, le=VERSION_MAX)
    collection_mode: CollectionMode | None = None

    @property
    def given_at(self) -> datetime:
        """When the presses were given, as near as is known."""
        return self.hour

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.source_point is not None and self.source is None:
            raise ValueError("source_point needs its source; name the system the point belongs to")
        if self.service_point is not None and (self.device or self.source_point):
            raise ValueError("service_point follows from device and source_point; leave it out")
        return self
