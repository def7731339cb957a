"""The counting of deadlines, with the reason for every day that is passed over. Pure; asks no database.

working_days    the n-th working day after the day of receipt; closed days in between are passed over
calendar_days   the n-th day after the day of receipt; a closed last day moves to the next working day
months          the day of the same number n months on; a closed last day moves to the next working day

Act 150/1930 on the computation of statutory time limits: the day of the event is not counted (s. 2); a time in months
ends on the day of the same number, or on the last of a month that lacks it (s. 3); a last day on a holiday,
Independence Day, May Day, Christmas or Midsummer Eve or a weekday Saturday moves to the next working day (s. 5). What
the city merely promises is counted in the same way, by its policy and not by the Act: each reason says which.
"""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.shared.clock import local_day, midnight
from services.shared.tables import DeadlinePolicy, PublicHoliday
from services.shared.tables.base import Labels
from services.shared.tables.catalogue import ClosedDayKind, DeadlineBasis, DeadlineUnit

ClosedDays = Mapping[date, PublicHoliday]
"""Public holidays and the Act's eves, by day. Weekends are closed besides."""

SATURDAY, SUNDAY = 5, 6

WEEKEND_NAMES: Mapping[int, Labels] = {
    SATURDAY: {"fi": "Lauantai", "sv": "Lördag", "en": "Saturday"},
    SUNDAY: {"fi": "Sunnuntai", "sv": "Söndag", "en": "Sunday"},
}

_MONTHS_IN_YEAR = 12


class ReasonCode(StrEnum):
    """Why a deadline is not simply so many days after the receipt."""

    EVENT_DAY_NOT_COUNTED = "event_day_not_counted"
    WEEKEND = "weekend"
    PUBLIC_HOLIDAY = "public_holiday"
    EVE = "eve"
    SHORTER_MONTH = "shorter_month"
    RECLASSIFIED = "reclassified"


class Rule(StrEnum):
    """What a reason rests on: a section of Act 150/1930, or only the city's policy."""

    ACT_150_1930_S2 = "act_150_1930_s2"
    ACT_150_1930_S3 = "act_150_1930_s3"
    ACT_150_1930_S5 = "act_150_1930_s5"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Reason:
    """A day that was passed over, or at which the counting changed.

    ``names`` is what the day, or the new feedback type, is called; empty where there is nothing to name.
    """

    code: ReasonCode
    on: date
    rule: Rule
    names: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last local day for an answer, and why it is that day. ``reasons`` are in the order of their days."""

    due_on: date
    reasons: tuple[Reason, ...]


def due_at_of(due_on: date) -> datetime:
    """The instant when the last day is over, in UTC: an answer before it is in time. Days have 23, 24 or 25 hours."""
    return midnight(due_on + timedelta(days=1))


def deadline_of(received_at: datetime, policy: DeadlinePolicy, closed_days: ClosedDays) -> Deadline:
    """The deadline of what was received at ``received_at`` (with an offset) under the policy."""
    received_on = local_day(received_at)
    first = Reason(ReasonCode.EVENT_DAY_NOT_COUNTED, received_on, _rule(policy, Rule.ACT_150_1930_S2))
    match DeadlineUnit(policy.unit):
        case DeadlineUnit.WORKING_DAYS:
            due_on, reasons = _count_working_days(received_on, policy, closed_days)
        case DeadlineUnit.CALENDAR_DAYS:
            due_on, reasons = _roll(received_on + timedelta(days=policy.amount), policy, closed_days)
        case DeadlineUnit.MONTHS:
            due_on, reasons = _count_months(received_on, policy, closed_days)
    return Deadline(due_on, (first, *reasons))


def closure_of(day: date, closed_days: ClosedDays) -> tuple[ReasonCode, Labels] | None:
    """Why ``day`` is no working day and what it is called, or None. A holiday on a weekend is told as the holiday."""
    holiday = closed_days.get(day)
    if holiday is not None:
        is_eve = holiday.kind == ClosedDayKind.EVE
        return (ReasonCode.EVE if is_eve else ReasonCode.PUBLIC_HOLIDAY), holiday.names
    weekend = WEEKEND_NAMES.get(day.weekday())
    return (ReasonCode.WEEKEND, weekend) if weekend is not None else None


def _count_working_days(
    received_on: date, policy: DeadlinePolicy, closed_days: ClosedDays
) -> tuple[date, list[Reason]]:
    last, reasons = received_on, []
    for _ in range(policy.amount):
        last, passed = _roll(last + timedelta(days=1), policy, closed_days)
        reasons += passed
    return last, reasons


def _count_months(received_on: date, policy: DeadlinePolicy, closed_days: ClosedDays) -> tuple[date, list[Reason]]:
    years, month = divmod(received_on.month - 1 + policy.amount, _MONTHS_IN_YEAR)
    first_of_month = date(received_on.year + years, month + 1, 1)
    length = calendar.monthrange(first_of_month.year, first_of_month.month)[1]
    last = first_of_month.replace(day=min(received_on.day, length))
    shortened = [Reason(ReasonCode.SHORTER_MONTH, last, _rule(policy, Rule.ACT_150_1930_S3))]
    due_on, reasons = _roll(last, policy, closed_days)
    return due_on, (shortened if received_on.day > length else []) + reasons


def _roll(last: date, policy: DeadlinePolicy, closed_days: ClosedDays) -> tuple[date, list[Reason]]:
    """The first working day not before ``last``, with a reason for each closed day on the way."""
    reasons = list(_closed_from(last, _rule(policy, Rule.ACT_150_1930_S5), closed_days))
    return last + timedelta(days=len(reasons)), reasons


def _closed_from(day: date, rule: Rule, closed_days: ClosedDays) -> Iterator[Reason]:
    while (closure := closure_of(day, closed_days)) is not None:
        code, names = closure
        yield Reason(code, day, rule, names)
        day += timedelta(days=1)


def _rule(policy: DeadlinePolicy, section: Rule) -> Rule:
    return section if policy.basis == DeadlineBasis.STATUTE else Rule.POLICY
