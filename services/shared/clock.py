"""The time: one source of now, one conversion to the city's local day."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

CITY_ZONE_NAME = "Europe/Helsinki"
CITY_ZONE = ZoneInfo(CITY_ZONE_NAME)
"""Periods, days and hours of all figures are of this zone."""


def now() -> datetime:
    """The present instant in UTC. Callers that decide by time take it as a parameter; only edges call this."""
    return datetime.now(UTC)


def local_day(instant: datetime) -> date:
    """The city's calendar day of ``instant`` (which has an offset)."""
    return instant.astimezone(CITY_ZONE).date()


def local_hour(instant: datetime) -> int:
    """The city's clock hour, 0-23, of ``instant`` (which has an offset)."""
    return instant.astimezone(CITY_ZONE).hour


def midnight(day: date) -> datetime:
    """The instant at which ``day`` begins in the city, in UTC. Days have 23, 24 or 25 hours."""
    return datetime.combine(day, time.min, tzinfo=CITY_ZONE).astimezone(UTC)
