"""Where a response came from: a person, a device of ours, or a point of another system; and its place by that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.shared.tables.devices import HoldReason
from services.shared.tables.surveys import MisuseReason, TimePrecision


@dataclass(frozen=True, slots=True)
class Origin:
    """What a response tells of its way here. ``source_misuse`` may change later; nothing else may."""

    device: str | None = None
    source: str | None = None
    source_point: str | None = None
    precision: TimePrecision = TimePrecision.SECOND
    source_misuse: MisuseReason | None = None

    def said(self) -> dict[str, str]:
        """What of it tells a response from another with the same id; nothing for a person's."""
        named = {"device": self.device, "source": self.source, "source_point": self.source_point}
        said = {name: value for name, value in named.items() if value is not None}
        return said if self.precision is TimePrecision.SECOND else said | {"precision": self.precision.value}

    @property
    def key(self) -> str:
        """What names the device or point; empty for a person's."""
        if self.device is not None:
            return device_key(self.device)
        if self.source is not None and self.source_point is not None:
            return source_key(self.source, self.source_point)
        return ""


OF_A_PERSON = Origin()
"""Given through a widget, a form or a plain import."""


class Place(NamedTuple):
    """What an answer is about."""

    survey: str
    service_point: str


class Hold(NamedTuple):
    """Why an answer waits, and for what."""

    reason: HoldReason
    key: str

    @property
    def detail(self) -> str:
        """The reason in a sentence that says how to end it."""
        return _DETAILS[self.reason].format(name=self.key.partition(":")[2])


_DETAILS = {
    HoldReason.UNREGISTERED_DEVICE: "no device {name!r} is registered; it is counted once it is (POST /v1/devices)",
    HoldReason.UNASSIGNED_DEVICE: "the device {name!r} stood nowhere at that time; it is counted once it is assigned "
    "(POST /v1/devices/{{code}}/assignments)",
    HoldReason.UNMAPPED_POINT: "the point {name!r} is not mapped; it is counted once it is (POST /v1/source-points)",
}


def device_key(code: str) -> str:
    """What answers of the device are held under."""
    return f"device:{code}"


def source_key(source: str, point: str) -> str:
    """What answers of the other system's point are held under."""
    return f"source:{source}:{point}"


class Stay(NamedTuple):
    """Where a device stands from an instant until before another (None: still)."""

    service_point: str
    valid_from: datetime
    valid_to: datetime | None

    def holds(self, instant: datetime) -> bool:
        """Whether the device stood there at ``instant``."""
        return self.valid_from <= instant and (self.valid_to is None or instant < self.valid_to)


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A registered device: the survey it asks, and where it has stood."""

    survey: str
    stays: Sequence[Stay]


@dataclass(frozen=True, slots=True)
class Places:
    """What is known of the devices and points that a batch names."""

    devices: Mapping[str, KnownDevice] = field(default_factory=dict)
    points: Mapping[tuple[str, str], Place] = field(default_factory=dict)

    def of_device(self, code: str, at: datetime) -> Place | Hold:
        """Where the device stood at ``at``."""
        device = self.devices.get(code)
        if device is None:
            return Hold(HoldReason.UNREGISTERED_DEVICE, device_key(code))
        stay = next((stay for stay in device.stays if stay.holds(at)), None)
        if stay is None:
            return Hold(HoldReason.UNASSIGNED_DEVICE, device_key(code))
        return Place(device.survey, stay.service_point)

    def of_point(self, source: str, point: str) -> Place | Hold:
        """What the other system's point is with us."""
        return self.points.get((source, point)) or Hold(HoldReason.UNMAPPED_POINT, source_key(source, point))
