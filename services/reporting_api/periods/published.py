"""Which published editions the figures of a period are, and how new they therefore are."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.disclosure.published import editions_shown
from services.reporting_api.periods.schemas import EditionShown
from services.shared.periods import Period, PeriodKind, parse_period, periods_over


async def editions_of(session: AsyncSession, *periods: Period) -> list[EditionShown]:
    """The editions whose records the session counts for the periods, by their quarters."""
    quarters = {quarter.label for period in periods for quarter in periods_over(period, PeriodKind.QUARTER)}
    shown = [
        EditionShown(quarter=it.quarter, version=it.version, as_of=it.created_at)
        for it in await editions_shown(session, sorted(quarters))
    ]
    return sorted(shown, key=lambda one: one.quarter)


def editions_within(editions: Sequence[EditionShown], period: Period) -> list[EditionShown]:
    """Those that the period's own figures are, without those it is only compared with."""
    quarters = {one.quarter: parse_period(PeriodKind.QUARTER, one.quarter) for one in editions}
    return [
        one
        for one in editions
        if quarters[one.quarter].starts_on < period.ends_on and period.starts_on < quarters[one.quarter].ends_on
    ]


def as_of_records(as_of: datetime, editions: Sequence[EditionShown]) -> datetime:
    """The time that no figure is older than: now, unless it is a published edition's."""
    return min([as_of, *(edition.as_of for edition in editions)])
