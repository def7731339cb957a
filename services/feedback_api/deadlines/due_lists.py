"""Which last days the lists of overdue items and of items due soon cover. Pure; asks no database."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Due(StrEnum):
    """Which open items a list is narrowed to by their deadline."""

    OVERDUE = "overdue"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class DueWindow:
    """Last days from ``first`` (None: any) up to and including ``last``."""

    first: date | None
    last: date


def window_of(due: Due, *, today: date, soon_days: int) -> DueWindow:
    """overdue: the last day is over; soon: it is today or one of the ``soon_days`` calendar days after."""
    if due is Due.OVERDUE:
        return DueWindow(None, today - timedelta(days=1))
    return DueWindow(today, today + timedelta(days=soon_days))
