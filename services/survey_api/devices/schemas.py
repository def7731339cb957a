"""Devices on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.shared.reasons import told_of
from services.shared.schemas import Code, DatedInstant, Instant, LineText, PastInstant, RequestModel, ResponseModel
from services.shared.tables import Device, DeviceAssignment
from services.shared.tables.devices import DeviceKind
from services.survey_api.devices.silence import Pattern

_CODE_PATTERN = told_of(
    r"^[A-Za-z0-9][A-Za-z0-9._:\-]{0,62}$",
    "is not a device's code; give up to 63 letters, digits and . _ : - that begin with a letter or digit",
)

DeviceCode = Annotated[
    str,
    StringConstraints(pattern=_CODE_PATTERN),
    Field(description="As the device or its vendor names it: letters, digits and . _ : -", examples=["T-0042"]),
]


class DeviceState(StrEnum):
    """What is the matter with a device; ``ok`` where nothing is."""

    OK = "ok"
    SILENT = "silent"
    SKEWED = "skewed"
    UNASSIGNED = "unassigned"
    RETIRED = "retired"


class DeviceCreate(RequestModel):
    """A device to register."""

    code: DeviceCode
    name: LineText = Field(examples=["Itäkeskus, the library's front door"])
    kind: DeviceKind
    survey: Code = Field(description="The survey that its presses answer.")


class DeviceChange(RequestModel):
    """What may change of a device; what is not given stays."""

    name: LineText | None = None
    kind: DeviceKind | None = None
    retired_at: PastInstant | None = Field(
        default=None, description="When it was taken out of use; ends its assignment."
    )


class AssignmentCreate(RequestModel):
    """Where a device stands from an instant on."""

    service_point: Code = Field(description="The unit, by code.", examples=["ruskeasuo-dental-clinic"])
    valid_from: DatedInstant = Field(description="An earlier assignment without an end ends here.")
    valid_to: Instant | None = Field(default=None, description="The first instant it no longer stands there.")


class Heartbeat(RequestModel):
    """A sign of life."""

    device_time: Instant | None = Field(default=None, description="What its clock says just now.")
    battery_percent: int | None = Field(default=None, ge=0, le=100)


class AssignmentRead(ResponseModel):
    """Where a device stands or stood."""

    id: UUID
    service_point: str
    valid_from: datetime
    valid_to: datetime | None

    @classmethod
    def of(cls, row: DeviceAssignment) -> Self:
        """The assignment."""
        return cls(id=row.id, service_point=row.service_point_code, valid_from=row.valid_from, valid_to=row.valid_to)


class PatternRead(ResponseModel):
    """How the device's silence stands to its own past."""

    open_weekdays: list[int] = Field(description="1 is Monday. Empty until it has been pressed on enough days.")
    gap_days: int = Field(description="Whole open days since the last press; without a pattern, days.")
    usual_gap_days: int = Field(description="The longest such gap that is still usual for it.")


class DeviceRead(ResponseModel):
    """A device and how it stands."""

    code: str
    name: str
    kind: DeviceKind
    survey: str
    states: list[DeviceState] = Field(description="Everything that is the matter with it; `ok` alone where nothing is.")
    created_at: datetime
    retired_at: datetime | None
    last_seen_at: datetime | None = Field(description="When it was last heard of, by a press or a heartbeat.")
    last_press_at: datetime | None = Field(description="When it was last pressed, by its own clock.")
    battery_percent: int | None
    clock_offset_seconds: int | None = Field(description="Its clock less ours: positive where it is ahead.")
    clock_checked_at: datetime | None
    pattern: PatternRead | None = Field(description="Null where it stands nowhere.")
    assignments: list[AssignmentRead]

    @classmethod
    def of(
        cls,
        device: Device,
        assignments: list[DeviceAssignment],
        states: list[DeviceState],
        pattern: Pattern | None,
    ) -> Self:
        """The device as it stands."""
        return cls(
            code=device.code,
            name=device.name,
            kind=DeviceKind(device.kind),
            survey=device.survey_code,
            states=states,
            created_at=device.created_at,
            retired_at=device.retired_at,
            last_seen_at=device.last_seen_at,
            last_press_at=device.last_press_at,
            battery_percent=device.battery_percent,
            clock_offset_seconds=device.clock_offset_seconds,
            clock_checked_at=device.clock_checked_at,
            pattern=PatternRead.model_validate(pattern, from_attributes=True) if pattern else None,
            assignments=[AssignmentRead.of(row) for row in assignments],
        )


class DevicePage(ResponseModel):
    """Devices by code."""

    items: list[DeviceRead]
    next: str | None
