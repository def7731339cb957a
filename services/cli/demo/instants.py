"""When demonstration records happen: spread over a quarter's local days and hours, its first and last among them."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from services.shared.clock import CITY_ZONE
from services.shared.periods import Period

_BY_WEEKDAY = (20, 17, 16, 15, 14, 8, 10)
"""Most feedback comes on Mondays and least on Saturdays (the city's own figures)."""

_DAYTIME = tuple(range(8, 21))
_BY_HOUR = (2, 1, 1, 1, 1, 1, 3, 6, 10, 12, 12, 11, 11, 11, 11, 10, 9, 8, 8, 8, 8, 7, 5, 3)


def instants_of(period: Period, count: int, dice: random.Random) -> list[datetime]:
    """``count`` instants of the period in order, at any hour; the first and last seconds of it among them."""
    drawn = _drawn(period, count - 2, dice, range(24), _BY_HOUR)
    return sorted([period.starts_at, *drawn, period.ends_at - timedelta(seconds=1)])


def opening_hours_of(period: Period, count: int, dice: random.Random) -> list[datetime]:
    """``count`` instants of the period in order, on the hours when chats and service points are open."""
    return sorted(_drawn(period, count, dice, _DAYTIME, [1] * len(_DAYTIME)))


def _drawn(
    period: Period, count: int, dice: random.Random, hours: Sequence[int], hour_weights: Sequence[int]
) -> list[datetime]:
    days = [period.starts_on + timedelta(days=number) for number in range(period.days)]
    chosen_days = dice.choices(days, [_BY_WEEKDAY[day.weekday()] for day in days], k=count)
    chosen_hours = dice.choices(hours, hour_weights, k=count)
    return [
        datetime(
            day.year, day.month, day.day, hour, dice.randrange(60), dice.randrange(60), tzinfo=CITY_ZONE
        ).astimezone(period.starts_at.tzinfo)
        for day, hour in zip(chosen_days, chosen_hours, strict=True)
    ]
