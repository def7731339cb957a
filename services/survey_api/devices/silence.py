"""Is a device silent? Judged by its own past, in days it is usually open; a pure function of days.

A terminal at a swimming hall is pressed daily, one at a family counselling room on some Tuesdays: the same week without
a press is a failure of the first and nothing of the second. So the current gap is compared with the device's own gaps.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from services.shared.settings import Settings

_DAYS_OF_WEEK = 7


@dataclass(frozen=True, slots=True)
class SilenceRule:
    """The rule's numbers; ``services.shared.settings`` tells each one's reason."""

    open_weekday_share: float
    gap_quantile: float
    gap_least_days: int
    pattern_least_days: int
    first_press_days: int

    @classmethod
    def of(cls, settings: Settings) -> "SilenceRule":
        """The rule that the settings name."""
        return cls(
            open_weekday_share=settings.device_open_weekday_share,
            gap_quantile=settings.device_gap_quantile,
            gap_least_days=settings.device_gap_least_days,
            pattern_least_days=settings.device_pattern_least_days,
            first_press_days=settings.device_first_press_days,
        )


@dataclass(frozen=True, slots=True)
class Pattern:
    """A device's pattern and how it stands to it.

    ``open_weekdays`` are 1 (Monday) to 7, empty without a pattern. ``gap_days`` are the whole open days (without a
    pattern: days) since the last press, or since it was placed; ``usual_gap_days`` the longest that is still usual.
    """

    open_weekdays: tuple[int, ...]
    gap_days: int
    usual_gap_days: int

    @property
    def is_silent(self) -> bool:
        """Whether the gap is beyond what is usual."""
        return self.gap_days > self.usual_gap_days


def find_pattern(
    pressed: Collection[date], *, placed_on: date, today: date, closed: Collection[date], rule: SilenceRule
) -> Pattern:
    """The pattern of a device pressed on the days ``pressed``, which stands at its place since ``placed_on``.

    ``closed`` are public holidays. Today is not over, so it is no gap.
    """
    days = sorted({day for day in pressed if day <= today})
    if len(days) < rule.pattern_least_days:
        since = max([placed_on - timedelta(days=1), *days[-1:]])
        return Pattern((), max(0, (today - since).days - 1), rule.first_press_days - 1)
    weekdays = _open_weekdays(days, closed, rule.open_weekday_share)
    gaps = [_open_days(before, after, weekdays, closed) for before, after in pairwise(days)]
    last = max(days[-1], placed_on - timedelta(days=1))
    usual = max(rule.gap_least_days, _quantile(gaps, rule.gap_quantile))
    return Pattern(weekdays, _open_days(last, today, weekdays, closed), usual)


def _open_weekdays(days: Sequence[date], closed: Collection[date], share: float) -> tuple[int, ...]:
    # Only up to the last press: a silence must not unlearn the days it should be noticed on.
    span = [days[0] + timedelta(days=number) for number in range((days[-1] - days[0]).days + 1)]
    weekdays = []
    for weekday in range(1, _DAYS_OF_WEEK + 1):
        possible = [day for day in span if day.isoweekday() == weekday and day not in closed]
        pressed = sum(1 for day in days if day.isoweekday() == weekday and day not in closed)
        if possible and pressed >= share * len(possible):
            weekdays.append(weekday)
    # A device pressed now and then on any day has no weekday of its own: every day is open, and its gaps are long.
    return tuple(weekdays) or tuple(range(1, _DAYS_OF_WEEK + 1))


def _open_days(after: date, before: date, weekdays: Collection[int], closed: Collection[date]) -> int:
    between = (after + timedelta(days=number) for number in range(1, (before - after).days))
    return sum(1 for day in between if day.isoweekday() in weekdays and day not in closed)


def _quantile(values: Sequence[int], share: float) -> int:
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
