"""An import of responses through the real service: lines a second beside a bare ``COPY`` of the same rows, and memory.

Run as ``python -m benchmarks.imports``; everything is in a temporary folder that is removed afterwards.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from rich.console import Console

from benchmarks.bodies import SURVEY_CODE, survey_definition
from benchmarks.import_lines import DEVICES, answers, presses, write_lines
from benchmarks.processes import forget_peak, peak_rss_mib, processor_seconds, rss_mib
from benchmarks.results import table_of_figures, write_run
from benchmarks.stage import OneService, running_service

SIZES = (10_000, 100_000, 1_000_000)
BODIES: dict[str, Callable[[], list[dict[str, Any]]]] = {"answers": answers, "presses": presses}
PIECE_BYTES = 256 * 1024
_SECONDS_MAX = 3600
_NDJSON = {"Content-Type": "application/x-ndjson"}

_COUNT = """
    SELECT (SELECT count(*) FROM survey_response),
        (SELECT coalesce(sum(count), 0) FROM answer_histogram WHERE question_code = '_responses')
"""
_EMPTY = "TRUNCATE survey_response, survey_response_content, comment_decision, answer_histogram"


@dataclass(frozen=True, slots=True)
class Run:
    """One import, and the ``COPY`` of the same rows beside it. Processor time in microseconds a line."""

    lines: int
    lines_per_second: float
    copy_per_second: float
    peak_rss_mib: float
    service_us: float
    database_us: float


@contextmanager
def running_survey() -> Iterator[OneService]:
    """survey_api with one survey and its devices."""
    with running_service("survey_api") as service:
        with _client(service) as client:
            client.post("/v1/surveys", json=survey_definition()).raise_for_status()
            for device in DEVICES:
                _register(client, device)
        yield service


def _register(client: httpx.Client, device: str) -> None:
    body = {"code": device, "name": device, "kind": "terminal", "survey": SURVEY_CODE}
    client.post("/v1/devices", json=body).raise_for_status()
    place = {"service_point": "kallio-health-station", "valid_from": "2021-01-01T00:00:00Z"}
    client.post(f"/v1/devices/{device}/assignments", json=place).raise_for_status()


def _client(service: OneService) -> httpx.Client:
    return httpx.Client(base_url=service.url, trust_env=False, timeout=_SECONDS_MAX, headers={"X-API-Key": service.key})


def take_turn(service: OneService, bodies: Sequence[dict[str, Any]], lines: int) -> Run:
    """Import, then copy what was stored; raises :class:`AssertionError` where a line was not stored and counted."""
    body = service.folder / "lines.ndjson"
    write_lines(body, bodies, lines)
    with psycopg.connect(service.database_url, autocommit=True) as connection:
        connection.execute(_EMPTY)
        connection.execute(b"CHECKPOINT")
    forget_peak(service.pid)
    before = processor_seconds(service.pid), processor_seconds(service.postmaster)
    seconds = import_file(service, body)
    used = processor_seconds(service.pid) - before[0], processor_seconds(service.postmaster) - before[1]
    peak = peak_rss_mib(service.pid)
    body.unlink()
    _check_stored(service, lines)
    copied = copy_rows(service)
    return Run(lines, lines / seconds, lines / copied, peak, used[0] / lines * 1e6, used[1] / lines * 1e6)


def import_file(service: OneService, body: Path) -> float:
    """Send the file and read the answer of every line; the seconds that took."""
    began = time.perf_counter()
    answered = 0
    with (
        _client(service) as client,
        client.stream("POST", "/v1/responses/import", content=_pieces(body), headers=_NDJSON) as answer,
    ):
        answer.raise_for_status()
        for piece in answer.iter_raw():
            answered += len(piece)
    if not answered:
        raise AssertionError("nothing was answered")
    return time.perf_counter() - began


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _check_stored(service: OneService, lines: int) -> None:
    with psycopg.connect(service.database_url) as connection:
        stored = connection.execute(_COUNT.encode()).fetchone()
    if stored != (lines, lines):
        raise AssertionError(f"{lines} lines were sent, {stored} stored and counted")


def copy_rows(service: OneService) -> float:
    """The seconds a bare ``COPY`` of the stored rows takes into a table of the same columns without an index."""
    path = service.folder / "rows.copy"
    with psycopg.connect(service.database_url) as connection, connection.cursor() as cursor:
        with cursor.copy(b"COPY survey_response TO STDOUT") as rows, path.open("wb") as file:
            file.writelines(rows)
        cursor.execute(b"CREATE TABLE copied (LIKE survey_response)")
        connection.commit()
        cursor.execute(b"CHECKPOINT")
        began = time.perf_counter()
        with cursor.copy(b"COPY copied FROM STDIN") as target:
            for piece in _pieces(path):
                target.write(piece)
        connection.commit()
        seconds = time.perf_counter() - began
        cursor.execute(b"DROP TABLE copied")
    path.unlink()
    return seconds


def measure(service: OneService, options: argparse.Namespace, progress: Callable[[str], None]) -> list[Run]:
    """All turns, the smallest first."""
    runs, bodies = [], BODIES[options.kind]()
    for lines in options.lines:
        for number in range(options.rounds):
            progress(f"{lines:,} lines, round {number + 1} of {options.rounds}")
            runs.append(take_turn(service, bodies, lines))
    return runs


def show(console: Console, runs: list[Run], at_rest: float) -> None:
    """The medians of each size, each round's ratio taken by itself."""
    figures = ("lines", "lines/s", "COPY rows/s", "to COPY", "CPU µs", "DB µs", "peak RSS MiB")
    table = table_of_figures(*figures, title=f"POST /v1/responses/import; at rest {at_rest:.0f} MiB")
    for lines in sorted({run.lines for run in runs}):
        own = [run for run in runs if run.lines == lines]
        table.add_row(
            f"{lines:,}",
            f"{statistics.median(run.lines_per_second for run in own):,.0f}",
            f"{statistics.median(run.copy_per_second for run in own):,.0f}",
            f"{statistics.median(run.lines_per_second / run.copy_per_second for run in own):.3f} ×",
            f"{statistics.median(run.service_us for run in own):.1f}",
            f"{statistics.median(run.database_us for run in own):.1f}",
            f"{max(run.peak_rss_mib for run in own):.0f}",
        )
    console.print(table)


def main() -> None:
    """Measure, show and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=SIZES, help="sizes of the uploads (%(default)s)")
    parser.add_argument("--kind", choices=BODIES, default="answers", help="what the lines are (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="uploads of each size (%(default)s)")
    options = parser.parse_args()
    console = Console()
    with running_survey() as service, console.status("Warming up") as status:
        take_turn(service, BODIES[options.kind](), 1_000)
        at_rest = rss_mib(service.pid)
        runs = measure(service, options, status.update)
    show(console, runs, at_rest)
    path = write_run("imports", {"kind": options.kind, "at_rest_mib": at_rest}, [asdict(run) for run in runs])
    console.print(f"Kept as {path}", soft_wrap=True)


if __name__ == "__main__":
    main()
