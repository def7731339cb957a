"""What reporting_api tells Prometheus of its tables."""

from collections.abc import Iterable

from prometheus_client import Metric
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.editions import repository as editions
from services.shared.metrics.lookups import gauge


async def look_up(session: AsyncSession) -> Iterable[Metric]:
    """When an edition was published last; nothing before the first is."""
    published_at = await editions.last_published_at(session)
    if published_at is None:
        return ()
    name = "katsaus_edition_last_published_timestamp_seconds"
    return (gauge(name, "When an edition was published last, in Unix time.", published_at.timestamp()),)
