"""A large export through the real service: rows a second beside a plain ``COPY … TO STDOUT``, and the service's memory.

Run as ``python -m benchmarks.exports``; everything is in a temporary folder that is removed afterwards.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import psycopg
from rich.console import Console

from benchmarks.processes import KIB, rss_mib
from benchmarks.results import table_of_figures
from benchmarks.stage import OneService, running_service

FORMATS = ("csv", "ndjson", "parquet")
DAYS = {"from": "2019-01-01", "to": "2020-12-31"}

_FILL = """
    INSERT INTO feedback (id, receipt, source, received_at, received_on, recorded_at, updated_at, channel_code,
        unit_code, type_code, language, reply_wanted, state, reacted_at, handled_at, last_event_at, event_count)
    SELECT gen_random_uuid(), 'row-' || number, 'web', at, (at AT TIME ZONE 'Europe/Helsinki')::date, at, at,
        'web_form', 'oral-health', 'complaint', 'fi', number %% 2 = 0, 'answered', at + interval '1 day',
        at + interval '2 days', at, 2
    FROM (
        SELECT number, timestamptz '2019-01-02' + number * interval '1 day' * 700 / %(rows)s AS at
        FROM generate_series(1, %(rows)s) AS number
    ) AS rows
"""
_COPY = "COPY (SELECT * FROM feedback_in_figures) TO STDOUT (FORMAT csv)"


@dataclass(frozen=True, slots=True)
class Run:
    """One reading of everything."""

    rows_per_second: float
    megabytes: float
    peak_rss_mib: float


def fill(url: str, rows: int) -> None:
    """Write as many pieces of feedback."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_FILL.encode(), {"rows": rows})
        connection.execute(b"VACUUM ANALYZE feedback")


def read_export(service: OneService, as_format: str, rows: int) -> Run:
    """Read it all over HTTP; raises :class:`AssertionError` where the service told another number of rows."""
    began, size, peak = time.perf_counter(), 0, rss_mib(service.pid)
    with (
        httpx.Client(trust_env=False, timeout=600, headers={"X-API-Key": service.key}) as client,
        client.stream("GET", f"{service.url}/v1/exports/feedback", params=DAYS | {"format": as_format}) as answer,
    ):
        if answer.headers.get("x-total-count") != str(rows):
            raise AssertionError(f"{rows} rows were written, and {answer.headers} came")
        for number, piece in enumerate(answer.iter_raw()):
            size += len(piece)
            if not number % 50:
                peak = max(peak, rss_mib(service.pid))
    return Run(rows / (time.perf_counter() - began), size / KIB**2, max(peak, rss_mib(service.pid)))


def read_copy(service: OneService, rows: int) -> Run:
    """Read all columns straight from the database, in no order."""
    began, size = time.perf_counter(), 0
    with (
        psycopg.connect(service.database_url) as connection,
        connection.cursor() as cursor,
        cursor.copy(_COPY.encode()) as pieces,
    ):
        for piece in pieces:
            size += len(piece)
    return Run(rows / (time.perf_counter() - began), size / KIB**2, 0)


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows to export (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="readings of each format (%(default)s)")
    options = parser.parse_args()
    console = Console()
    with (
        console.status(f"Writing {options.rows} rows"),
        running_service("reporting_api", fill=lambda url: fill(url, options.rows)) as service,
    ):
        at_rest = rss_mib(service.pid)
        readers: dict[str, Callable[[], Run]] = {"COPY": lambda: read_copy(service, options.rows)}
        for as_format in FORMATS:
            readers[as_format] = lambda chosen=as_format: read_export(service, chosen, options.rows)  # type: ignore[misc]
        runs: dict[str, list[Run]] = {name: [] for name in readers}
        for _ in range(options.rounds):
            for name, read in readers.items():
                runs[name].append(read())
    show(console, runs, at_rest)


def show(console: Console, runs: dict[str, list[Run]], at_rest: float) -> None:
    """The medians, each round's ratio taken by itself."""
    figures = ("rows/s", "to COPY", "MB", "peak RSS MiB")
    table = table_of_figures(*figures, titles=("",), title=f"at rest {at_rest:.0f} MiB")
    for name, readings in runs.items():
        ratio = statistics.median(
            one.rows_per_second / copied.rows_per_second for one, copied in zip(readings, runs["COPY"], strict=True)
        )
        rate = statistics.median(one.rows_per_second for one in readings)
        peak = max(one.peak_rss_mib for one in readings)
        table.add_row(name, f"{rate:,.0f}", f"{ratio:.2f} ×", f"{readings[0].megabytes:.0f}", f"{peak:.0f}")
    console.print(table)


if __name__ == "__main__":
    main()
