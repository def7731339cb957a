"""Days without data from a source that normally has some: a pure function of the days it had any.

A source is a channel, a survey, a survey's service point or a device. A weekday is usual for it if it had data on most
of those days in the quarter before; a usual day of the period that has none, and is no public holiday, is uncovered.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class SourceKind(StrEnum):
    """What data comes from."""

    CHANNEL = "channel"
    SURVEY = "survey"
    SERVICE_POINT = "service_point"
    DEVICE = "device"


class Source(NamedTuple):
    """A channel, survey or device by its code; a service point by its survey's and its own, with a slash."""

    kind: SourceKind
    code: str


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first up to but not including the end."""

    starts_on: date
    ends_on: date

    def days(self) -> Iterator[date]:
        """Each day."""
        return (self.starts_on + timedelta(days=number) for number in range((self.ends_on - self.starts_on).days))


@dataclass(frozen=True, slots=True)
class CoverageRule:
    """``usual_share`` of a weekday's open days make it usual; ``closed`` are public holidays."""

    usual_share: float
    closed: Collection[date]

    def uncovered(self, with_data: Collection[date], before: Span, period: Span) -> list[date]:
        """The days of the period that should have had data and had none."""
        usual = self._usual_weekdays(with_data, before)
        return [day for day in self._open(period) if day.isoweekday() in usual and day not in with_data]

    def _usual_weekdays(self, with_data: Collection[date], before: Span) -> set[int]:
        open_days = Counter(day.isoweekday() for day in self._open(before))
        had_data = Counter(day.isoweekday() for day in self._open(before) if day in with_data)
        return {weekday for weekday, days in open_days.items() if had_data[weekday] >= self.usual_share * days}

    def _open(self, span: Span) -> Iterator[date]:
        return (day for day in span.days() if day not in self.closed)
