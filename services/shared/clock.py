"""The time: one source of now, one conversion to the city's local day."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

CITY_ZONE_NAME = "Europe/Helsinki"
CITY_ZONE = ZoneInfo(CITY_ZONE_NAME)
"""Periods, days and hours of all figures are of this zone."""


def now() -> datetime:
    """The present instant in UTC. Callers that decide by time take it as a parameter; only edges call this."""
    return datetime.now(UTC)


def local_day(instant: datetime) -> date:
    """The city's calendar day of ``instant`` (which has an offset)."""
    return local_time(instant)[0]


def local_hour(instant: datetime) -> int:
    """The city's clock hour, 0-23, of ``instant`` (which has an offset)."""
    return local_time(instant)[1]


def local_time(instant: datetime) -> tuple[date, int]:
    """The city's calendar day and clock hour, 0-23, of ``instant`` (which has an offset)."""
    if instant.year < _WHOLE_HOURS_SINCE:
        there = instant.astimezone(CITY_ZONE)
        return there.date(), there.hour
    return _local_time_of_hour(instant.timestamp() // _HOUR_SECONDS)


_WHOLE_HOURS_SINCE = 1922
"""The city's clock differs from UTC by whole hours since 1921, so all instants of an hour are of one local hour."""

_HOUR_SECONDS = 3600


@lru_cache(maxsize=10_000)
def _local_time_of_hour(number: float) -> tuple[date, int]:
    there = datetime.fromtimestamp(number * _HOUR_SECONDS, CITY_ZONE)
    return there.date(), there.hour


def midnight(day: date) -> datetime:
    """The instant at which ``day`` begins in the city, in UTC. Days have 23, 24 or 25 hours."""
    return datetime.combine(day, time.min, tzinfo=CITY_ZONE).astimezone(UTC)
