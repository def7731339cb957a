"""Periods: half-open spans of the city's calendar days, named by ISO-like labels.

Built from calendar dates and never by adding seconds, so that no daylight-saving night moves a bound.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.shared.clock import midnight

EARLIEST_PERIOD_YEAR = 2000
LATEST_PERIOD_YEAR = 2100
"""Labels outside these years are typing mistakes; the bound also keeps date arithmetic in range."""


class PeriodKind(StrEnum):
    """The lengths figures are served for."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"


class InvalidPeriodLabelError(ValueError):
    """A label that names no period of the kind asked for."""


LABEL_PATTERNS = {
    PeriodKind.YEAR: re.compile(r"(?P<year>[0-9]{4})"),
    PeriodKind.QUARTER: re.compile(r"(?P<year>[0-9]{4})-Q(?P<number>[1-4])"),
    PeriodKind.MONTH: re.compile(r"(?P<year>[0-9]{4})-(?P<number>0[1-9]|1[0-2])"),
    PeriodKind.WEEK: re.compile(r"(?P<year>[0-9]{4})-W(?P<number>0[1-9]|[1-4][0-9]|5[0-3])"),
}

LABEL_EXAMPLES = {
    PeriodKind.YEAR: "2021",
    PeriodKind.QUARTER: "2021-Q2",
    PeriodKind.MONTH: "2021-05",
    PeriodKind.WEEK: "2021-W23",
}

_YEARS = "(20[0-9]{2}|2100)"

LABEL_SCHEMAS = {
    kind: {"pattern": "^" + pattern.pattern.replace("(?P<year>[0-9]{4})", _YEARS).replace("?P<number>", "") + "$"}
    for kind, pattern in LABEL_PATTERNS.items()
}
"""What the OpenAPI documents say of labels. Whether a year has a week 53 is for :func:`parse_period` to tell."""

_MONTHS_IN_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``starts_on`` up to but not including ``ends_on``, in the city's calendar."""

    kind: PeriodKind
    label: str
    starts_on: date
    ends_on: date

    @property
    def starts_at(self) -> datetime:
        """The instant of the first local midnight, in UTC."""
        return midnight(self.starts_on)

    @property
    def ends_at(self) -> datetime:
        """The instant of the local midnight after the last day, in UTC; not part of the period."""
        return midnight(self.ends_on)

    @property
    def days(self) -> int:
        """Number of calendar days."""
        return (self.ends_on - self.starts_on).days

    def previous(self) -> "Period":
        """The period of the same kind just before this one."""
        return period_of(self.kind, self.starts_on - timedelta(days=1))

    def same_last_year(self) -> "Period":
        """The period of the same number a year before; week 53 is compared with week 52 where that year has none."""
        if self.kind is PeriodKind.WEEK:
            year, week, _ = self.starts_on.isocalendar()
            return _week(year - 1, min(week, _weeks_of(year - 1)))
        return period_of(self.kind, self.starts_on.replace(year=self.starts_on.year - 1))


def periods_over(period: Period, kind: PeriodKind) -> list[Period]:
    """The periods of the kind that have days in common with the period, oldest first."""
    found = [period_of(kind, period.starts_on)]
    while found[-1].ends_on < period.ends_on:
        found.append(period_of(kind, found[-1].ends_on))
    return found


def parse_period(kind: PeriodKind, label: str) -> Period:
    """The period that ``label`` names; raises :class:`InvalidPeriodLabelError` saying what a label looks like."""
    match = LABEL_PATTERNS[kind].fullmatch(label)
    year = int(match["year"]) if match else 0
    if match is None or not EARLIEST_PERIOD_YEAR <= year <= LATEST_PERIOD_YEAR:
        raise InvalidPeriodLabelError(
            f"{label!r} names no {kind}; write it as {LABEL_EXAMPLES[kind]}, "
            f"years {EARLIEST_PERIOD_YEAR}-{LATEST_PERIOD_YEAR}"
        )
    if kind is PeriodKind.YEAR:
        return _year(year)
    number = int(match["number"])
    if kind is PeriodKind.QUARTER:
        return _quarter(year, number)
    if kind is PeriodKind.MONTH:
        return _month(year, number)
    if number > _weeks_of(year):
        raise InvalidPeriodLabelError(f"{year} has {_weeks_of(year)} ISO weeks, so there is no week {label}")
    return _week(year, number)


def period_of(kind: PeriodKind, day: date) -> Period:
    """The period of ``kind`` that holds the local calendar day ``day``."""
    if kind is PeriodKind.YEAR:
        return _year(day.year)
    if kind is PeriodKind.QUARTER:
        return _quarter(day.year, (day.month - 1) // _MONTHS_IN_QUARTER + 1)
    if kind is PeriodKind.MONTH:
        return _month(day.year, day.month)
    year, week, _ = day.isocalendar()
    return _week(year, week)


def _year(year: int) -> Period:
    return Period(PeriodKind.YEAR, f"{year}", date(year, 1, 1), date(year + 1, 1, 1))


def _quarter(year: int, number: int) -> Period:
    first_month = (number - 1) * _MONTHS_IN_QUARTER + 1
    return Period(
        PeriodKind.QUARTER,
        f"{year}-Q{number}",
        date(year, first_month, 1),
        _first_of_month(year, first_month + _MONTHS_IN_QUARTER),
    )


def _month(year: int, month: int) -> Period:
    return Period(PeriodKind.MONTH, f"{year}-{month:02}", date(year, month, 1), _first_of_month(year, month + 1))


def _week(year: int, week: int) -> Period:
    monday = date.fromisocalendar(year, week, 1)
    return Period(PeriodKind.WEEK, f"{year}-W{week:02}", monday, monday + timedelta(weeks=1))


def _first_of_month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _weeks_of(year: int) -> int:
    # 28 December is always in the last ISO week of its year.
    return date(year, 12, 28).isocalendar().week
