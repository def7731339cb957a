"""The vendor's times: wall clocks without an offset in v2, offsets in two spellings in v1."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_COMPACT_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


class UnreadableTimeError(ValueError):
    """Not a time of ISO 8601, or one without the offset it must have."""


def read_time(value: str) -> datetime:
    """A time with its offset, if it has one; ``±HHmm``, ``±HH:mm`` and ``Z`` are all understood."""
    try:
        return datetime.fromisoformat(_COMPACT_OFFSET.sub(r"\1:\2", value.strip()))
    except ValueError as error:
        raise UnreadableTimeError(f"{value[:40]!r} is not a time") from error


def local_instant(value: str, zone: ZoneInfo) -> datetime:
    """The instant of a v2 ``localTime``: by its offset, or else as the wall clock of ``zone``.

    Of the hour that autumn repeats the first is taken: both readings are of the same local day and hour, which is all
    that is counted. A time that spring skips is read with the offset before the change, and so lands an hour later.
    """
    read = read_time(value)
    if read.tzinfo is None:
        read = read.replace(tzinfo=zone, fold=0)
    try:
        return read.astimezone(UTC)
    except OverflowError as error:
        raise UnreadableTimeError(f"{value[:40]!r} is beyond the calendar") from error


def instant(value: str) -> datetime:
    """The instant of a v1 timestamp, which must have an offset: without it the repeated hour would be two in one."""
    read = read_time(value)
    if read.tzinfo is None:
        raise UnreadableTimeError(f"{value[:40]!r} has no offset from UTC")
    try:
        return read.astimezone(UTC)
    except OverflowError as error:
        raise UnreadableTimeError(f"{value[:40]!r} is beyond the calendar") from error


def v1_timestamp(moment: datetime) -> str:
    """An instant as v1 is asked by it: milliseconds, and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
