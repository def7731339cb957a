"""The mapping file: how a CSV file says what was pressed where and when."""

from datetime import datetime
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from services.cli.failure import CommandError
from services.cli.yaml_file import read_yaml_file
from services.shared.clock import CITY_ZONE_NAME
from services.shared.reasons import field_name, reason_of


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


class Columns(_Strict):
    """The names of the columns, as the file's first line has them."""

    time: str
    point: str
    button: str | None = None
    id: str | None = None
    counts: list[str] = Field(default_factory=list, description="Of hours: a column a button, the most negative first.")


class Mapping(_Strict):
    """One file's mapping."""

    survey: str
    source: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$")
    rows: Literal["presses", "hours"]
    columns: Columns
    buttons: list[str] = Field(
        default_factory=list, description="Of presses: what the button column holds, the most negative first."
    )
    points: dict[str, str] = Field(description="The file's points to our service points.")
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    decimal: Literal[",", "."] = "."
    encoding: str = "utf-8-sig"
    time_zone: str = CITY_ZONE_NAME
    time_format: str | None = Field(default=None, description="As strftime has it; ISO 8601 if not given.")
    precision: Literal["second", "hour"] = "second"
    collection_mode: str | None = None

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no time zone; give an Area/Location name") from error
        return value

    @model_validator(mode="after")
    def _columns_fit_rows(self) -> Self:
        if self.rows == "presses" and not (self.columns.button and self.buttons):
            raise ValueError("presses need columns.button and buttons, the most negative first")
        if self.rows == "hours" and not self.columns.counts:
            raise ValueError("hours need columns.counts, the most negative first")
        return self

    def instant(self, value: str) -> datetime:
        """The time as the file writes it; raises :class:`ValueError`."""
        form = self.time_format
        read = datetime.strptime(value, form) if form else datetime.fromisoformat(value)  # noqa: DTZ007 (its zone: below)
        if read.tzinfo is not None:
            return read
        local = read.replace(tzinfo=ZoneInfo(self.time_zone))
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            raise ValueError("is an hour that daylight saving skips or repeats; write it with its offset from UTC")
        return local


def read_mapping(path: Path) -> Mapping:
    """The mapping of the file; raises :class:`CommandError` that names what is wrong."""
    try:
        return Mapping.model_validate(read_yaml_file(path))
    except ValidationError as error:
        faults = "; ".join(f"{field_name(fault['loc'])}: {reason_of(fault)}" for fault in error.errors())
        raise CommandError(f"{path}: {faults}") from error
