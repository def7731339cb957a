"""Which published editions the figures of a period are, and how new they therefore are."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.disclosure.published import editions_shown
from services.reporting_api.periods.schemas import EditionShown
from services.shared.periods import Period, PeriodKind, period_of


async def editions_of(session: AsyncSession, period: Period) -> list[EditionShown]:
    """The editions whose records the session counts for the period, oldest first."""
    quarters = [period_of(PeriodKind.QUARTER, period.starts_on)]
    while quarters[-1].ends_on < period.ends_on:
        quarters.append(period_of(PeriodKind.QUARTER, quarters[-1].ends_on))
    return [
        EditionShown(quarter=it.quarter, version=it.version, as_of=it.created_at)
        for it in await editions_shown(session, [quarter.label for quarter in quarters])
    ]


def as_of_records(as_of: datetime, editions: Sequence[EditionShown]) -> datetime:
    """The time that no figure is older than: now, unless it is a published edition's."""
    return min([as_of, *(edition.as_of for edition in editions)])
