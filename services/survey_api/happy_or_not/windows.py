"""Which days a pull reads: from some days before where the last one came, in spans of a bounded length."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from services.shared.settings import Settings

DAY = timedelta(days=1)
YEAR = timedelta(days=365)


class Window(NamedTuple):
    """Days from ``start`` until before ``end``."""

    start: date
    end: date


def due_window(cursor: date | None, today: date, settings: Settings) -> Window:
    """What a pull reads that was not told its days: today included."""
    end = today + DAY
    if cursor is None:
        start = settings.happy_or_not_first_day or today - YEAR
    else:
        start = cursor - timedelta(days=settings.happy_or_not_reread_days)
    return Window(min(start, today), end)


def split(window: Window, days: int) -> Iterator[Window]:
    """The window in spans of at most so many days, the earliest first."""
    start = window.start
    while start < window.end:
        end = min(start + timedelta(days=days), window.end)
        yield Window(start, end)
        start = end
