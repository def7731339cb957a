"""What is counted as it happens. Each app has its own; several processes of a service share a folder of files.

Labels have few values: a route's template and never a path, the methods of HTTP, a status, a noun. Nothing of a
request's content, sender or key is in them.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where processes of a service share what they count; set by :mod:`services.shared.serve` where there are several."""

UNMATCHED = "unmatched"
"""The route of a request that no route was found for."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OTHER = "other"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_ROWS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class GroupMetrics:
    """What is written together, of one noun."""

    def __init__(self, rows: Histogram, waiting: Gauge) -> None:
        self.rows = rows
        self.waiting = waiting


class Metrics:
    """The counters of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "http_requests",
            "Requests answered, by method, route template and status; status 0 went unanswered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._durations = Histogram(
            "http_request_duration_seconds",
            "From a request's head to the end of its answer, by method, route template and class of status.",
            ["method", "route", "status_class"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.under_way = self._gauge("http_requests_in_progress", "Requests under way.")
        self.refused = Counter(
            "katsaus_requests_refused",
            "Requests refused with 503 because a process was full; they are in no other figure.",
            registry=self.registry,
        )
        self._group_rows = Histogram(
            "katsaus_group_commit_rows",
            "Rows written by one group commit; the count is that of the groups.",
            ["noun"],
            buckets=_ROWS,
            registry=self.registry,
        )
        self._group_waiting = self._gauge("katsaus_group_commit_waiting", "Rows waiting for a group commit.", "noun")
        self._connections = self._gauge(
            "katsaus_database_connections_in_use", "Connections to the database that are in use."
        )
        self._connections_max = self._gauge(
            "katsaus_database_connections_max", "Connections to the database that may be in use."
        )
        self._answered: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def _gauge(self, name: str, documentation: str, *labels: str) -> Gauge:
        return Gauge(name, documentation, labels, multiprocess_mode="livesum", registry=self.registry)

    def answered(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count an answer."""
        key = (method if method in _METHODS else _OTHER, route or UNMATCHED, status)
        # Looking labels up costs several times as much as counting.
        found = self._answered.get(key)
        if found is None:
            found = self._answered[key] = self._labelled(*key)
        found[0].inc()
        found[1].observe(seconds)

    def _labelled(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        requests = self._requests.labels(method, route, str(status))
        return requests, self._durations.labels(method, route, f"{status // 100}xx")

    def of_groups(self, noun: str) -> GroupMetrics:
        """Those of a queue of ``noun``, in the plural."""
        return GroupMetrics(self._group_rows.labels(noun), self._group_waiting.labels(noun))

    def watch(self, engine: AsyncEngine) -> None:
        """Follow how many connections of the engine are in use."""
        pool = engine.sync_engine.pool
        if not isinstance(pool, QueuePool):
            return
        self._connections_max.set(pool.size())

        def taken(*_: object) -> None:
            self._connections.set(pool.checkedout())

        def given_back(*_: object) -> None:
            # Told just before it is back in the pool.
            self._connections.set(max(0, pool.checkedout() - 1))

        event.listen(engine.sync_engine, "checkout", taken)
        event.listen(engine.sync_engine, "checkin", given_back)

    def collect(self) -> Iterator[Metric]:
        """What was counted, by all processes of the service."""
        folder = os.environ.get(FOLDER)
        if folder is None:
            yield from self.registry.collect()
            return
        _forget_gauges_of_the_dead(Path(folder))
        yield from MultiProcessCollector(None, path=folder).collect()  # type: ignore[no-untyped-call]  # theirs


def _forget_gauges_of_the_dead(folder: Path) -> None:
    """What a process that was killed had under way is not under way; what it had counted stays counted."""
    for pid in {int(path.stem.rpartition("_")[2]) for path in folder.glob("gauge_live*.db")}:
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]  # theirs
