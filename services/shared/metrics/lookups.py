"""What is looked up in the database when Prometheus asks; a database that is away is told as such."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime

import structlog
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.clock import now
from services.shared.database import Sessions, cause_of
from services.shared.metrics.questions import Questions

LookUp = Callable[[AsyncSession], Awaitable[Iterable[Metric]]]
"""A service's own figures, by one cheap query each."""

AWAY = (SQLAlchemyError, OSError, TimeoutError)
"""How a database fails that is away, full or slow."""

log = structlog.get_logger(__name__)


async def nothing(_session: AsyncSession) -> Iterable[Metric]:
    """The look-up of a service that has none."""
    return ()


def gauge(name: str, documentation: str, value: float) -> Metric:
    """One figure."""
    return GaugeMetricFamily(name, documentation, value=value)


def gauge_by(name: str, documentation: str, label: str, values: Mapping[str, int]) -> Metric:
    """A figure for each value of a label."""
    family = GaugeMetricFamily(name, documentation, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


def age(name: str, documentation: str, since: datetime | None) -> Metric:
    """How many seconds ago something was; 0 where there is nothing."""
    return gauge(name, documentation, 0 if since is None else max(0.0, (now() - since).total_seconds()))


async def _ask(sessions: Sessions, look_up: LookUp) -> list[Metric]:
    async with sessions.session() as session:
        return list(await look_up(session))


async def looked_up(questions: Questions, sessions: Sessions, look_up: LookUp) -> list[Metric]:
    """The service's figures, and whether the database told them in time."""
    started = time.perf_counter()
    try:
        found = await questions.ask(_ask(sessions, look_up))
    except AWAY as error:
        log.warning("the database told no metrics", kind=type(error).__name__, cause=cause_of(error))
        return [database_up(is_up=False)]
    took = gauge(
        "katsaus_metrics_lookup_seconds", "How long the look-ups of this scrape took.", time.perf_counter() - started
    )
    return [database_up(is_up=True), took, *found]


def database_up(*, is_up: bool) -> Metric:
    """Whether the database answers."""
    return gauge("katsaus_database_up", "1 where the database answered this scrape in time, 0 where not.", int(is_up))
