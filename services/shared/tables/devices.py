"""Smiley devices and where they stand in time, other systems' points, and what waits until we know either."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, literal_column
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field

from services.shared.tables.base import Table, json_object, one_of, text, timestamp


class DeviceKind(StrEnum):
    """What a device is: with buttons, with a touch screen, or on a web page."""

    TERMINAL = "terminal"
    TOUCH = "touch"
    DIGITAL = "digital"


class HoldReason(StrEnum):
    """What must be known before a held line can be counted."""

    UNREGISTERED_DEVICE = "unregistered_device"
    UNASSIGNED_DEVICE = "unassigned_device"
    UNMAPPED_POINT = "unmapped_point"


class HeldKind(StrEnum):
    """Which import a held line came through."""

    RESPONSE = "response"
    COUNTS = "counts"


class Device(Table, table=True):
    """A registered device. ``clock_offset_seconds`` is its clock less ours: positive for one that is ahead."""

    __tablename__ = "device"
    __table_args__ = (
        one_of("kind", DeviceKind, "kind_known"),
        CheckConstraint("code ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,62}$'", name="code_is_plain"),
        CheckConstraint("battery_percent BETWEEN 0 AND 100", name="battery_is_percent"),
        CheckConstraint("(clock_offset_seconds IS NULL) = (clock_checked_at IS NULL)", name="clock_offset_has_time"),
    )

    code: str = text(primary_key=True)
    name: str = text()
    kind: str = text()
    survey_code: str = text(foreign_key="survey.code")
    created_at: datetime = timestamp()
    retired_at: datetime | None = timestamp(default=None)
    last_seen_at: datetime | None = timestamp(default=None)
    last_press_at: datetime | None = timestamp(default=None)
    battery_percent: int | None = Field(default=None, sa_type=SmallInteger)
    clock_offset_seconds: int | None = Field(default=None, sa_type=BigInteger)
    clock_checked_at: datetime | None = timestamp(default=None)


class DeviceAssignment(Table, table=True):
    """The service point a device stands at from ``valid_from`` until before ``valid_to`` (None: still)."""

    __tablename__ = "device_assignment"
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="ends_after_begin"),
        # A range of one code stands for equality, which GiST has for ranges without an extension.
        ExcludeConstraint(
            (literal_column("code_range(device_code, device_code, '[]')"), "&&"),
            (literal_column("tstzrange(valid_from, valid_to)"), "&&"),
            name="ex_device_assignment_one_place_at_a_time",
            using="gist",
        ),
        Index("ix_device_assignment_device_code", "device_code", "valid_from"),
    )

    id: UUID = Field(primary_key=True)
    device_code: str = text(foreign_key="device.code")
    service_point_code: str = text(foreign_key="unit.code")
    valid_from: datetime = timestamp()
    valid_to: datetime | None = timestamp(default=None)
    created_at: datetime = timestamp()


class DeviceDay(Table, table=True):
    """How many presses a device has sent of a local day, those judged misuse included: it was alive."""

    __tablename__ = "device_day"
    __table_args__ = (CheckConstraint("presses >= 0", name="presses_not_negative"),)

    device_code: str = text(primary_key=True, foreign_key="device.code")
    given_on: date = Field(primary_key=True)
    presses: int = Field(sa_type=BigInteger)


class SourcePointMapping(Table, table=True):
    """What another system's point is with us, as a person has reviewed it."""

    __tablename__ = "source_point_mapping"

    source: str = text(primary_key=True)
    source_point: str = text(primary_key=True)
    survey_code: str = text(foreign_key="survey.code")
    service_point_code: str = text(foreign_key="unit.code")
    reviewed_by: str = text()
    updated_at: datetime = timestamp()


class HeldAnswer(Table, table=True):
    """A line that cannot be counted yet, whole but masked: ``key`` names the device or ``source:point`` it waits for.

    ``problem`` says why it was refused when it could have been counted at last.
    """

    __tablename__ = "held_answer"
    __table_args__ = (
        one_of("kind", HeldKind, "kind_known"),
        one_of("reason", HoldReason, "reason_known"),
        Index("ix_held_answer_key", "key", "given_at"),
        Index("ix_held_answer_received_at_id", "received_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    kind: str = text()
    reason: str = text()
    key: str = text()
    given_at: datetime = timestamp()
    received_at: datetime = timestamp()
    content_hash: str = text()
    line: dict[str, Any] = json_object()
    problem: dict[str, Any] | None = json_object(nullable=True)


class HourlyCount(Table, table=True):
    """How often each button was pressed in an hour, as another system counted; a new revision replaces the last.

    ``origin`` is ``device:<code>``, ``source:<source>:<point>`` or empty, so that two devices of one service point add
    up. ``hour_starts_at`` is an instant: the hour that daylight saving repeats is two.
    """

    __tablename__ = "hourly_count"
    __table_args__ = (
        CheckConstraint("extract(epoch FROM hour_starts_at)::bigint % 3600 = 0", name="hour_is_whole"),
        CheckConstraint("revision >= 1", name="revision_positive"),
        CheckConstraint(
            "given_on = (hour_starts_at AT TIME ZONE 'Europe/Helsinki')::date"
            " AND given_hour = extract(hour FROM hour_starts_at AT TIME ZONE 'Europe/Helsinki')",
            name="given_on_is_local_day",
        ),
        Index(
            "uq_hourly_count_current",
            "service_point_code",
            "survey_code",
            "question_code",
            "origin",
            "hour_starts_at",
            unique=True,
            postgresql_where=sql("superseded_at IS NULL"),
        ),
        Index("ix_hourly_count_given_on", "given_on"),
    )

    service_point_code: str = text(primary_key=True, foreign_key="unit.code")
    survey_code: str = text(primary_key=True, foreign_key="survey.code")
    question_code: str = text(primary_key=True)
    origin: str = text(primary_key=True)
    hour_starts_at: datetime = timestamp(primary_key=True)
    revision: int = Field(primary_key=True)
    version: int
    collection_mode: str = text()
    given_on: date
    given_hour: int = Field(sa_type=SmallInteger)
    counts: dict[str, int] = json_object()
    recorded_at: datetime = timestamp()
    superseded_at: datetime | None = timestamp(default=None)
