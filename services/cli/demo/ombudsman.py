"""Demonstration contacts to the ombudsmen: services, reasons and days that add up to the table of counts."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, repeat
from typing import Any

from services.cli.demo.counts import OMBUDSMAN, SOURCE, OmbudsmanCounts
from services.cli.demo.surveys import pair_up
from services.shared.periods import PeriodKind, parse_period

ImportLine = dict[str, Any]

MODES = ("phone",) * 6 + ("email",) * 2 + ("visit", "letter", "online")


def contact_count(quarter: str) -> int:
    """How many contacts the quarter has."""
    return OMBUDSMAN[quarter].contacts


def reference(quarter: str, number: int) -> str:
    """The reference of the quarter's contact ``number``, from 1."""
    return f"{quarter}-{number:04}"


def contact_lines(quarter: str) -> Iterator[ImportLine]:
    """The import lines of one quarter's contacts, by day; always the same."""
    counts = OMBUDSMAN[quarter]
    dice = random.Random(f"ombudsman {quarter}")  # noqa: S311 (a fixed seed is the point)
    period = parse_period(PeriodKind.QUARTER, quarter)
    weekdays = [day for day in (period.starts_on + timedelta(days=n) for n in range(period.days)) if day.weekday() < 5]
    days = sorted(dice.choices(weekdays, k=counts.contacts))
    services = list(chain.from_iterable(repeat(code, count) for code, count in counts.by_service.items()))
    dice.shuffle(services)
    contacts = zip(days, services, reasons_of(counts, dice), strict=True)
    for number, (day, service, reasons) in enumerate(contacts, start=1):
        yield {
            "source": SOURCE,
            "reference": reference(quarter, number),
            "contacted_on": day.isoformat(),
            "service": service,
            "reasons": reasons,
            "contact_mode": dice.choice(MODES),
        }


def reasons_of(counts: OmbudsmanCounts, dice: random.Random) -> list[list[str]]:
    """Each contact's reasons: none, one or two, adding up to the table."""
    reasons = [
        *pair_up(counts.by_reason, counts.contacts - counts.without_reason, dice),
        *([] for _ in range(counts.without_reason)),
    ]
    dice.shuffle(reasons)
    return reasons
