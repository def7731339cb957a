"""Three times as many responses as can be taken: what becomes of those accepted, of the others, and of memory.

Run as ``python -m benchmarks.overload``; everything is in a temporary folder that is removed afterwards.
"""

import argparse
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import WARMUP_SECONDS, take_turn
from benchmarks.bodies import SURVEY_CODE, response_bodies
from benchmarks.load_generator import Plan
from benchmarks.open_loop import LAST_ANSWERS_SECONDS, OpenOutcome, OpenPlan
from benchmarks.processes import processor_seconds, rss_mib
from benchmarks.results import FOLDER, machine, table_of_figures
from benchmarks.stage import Stage, running_stage

TIMES = (0.5, 1.0, 3.0)
"""Of the sustainable rate: calm, full and over."""

SUSTAINED_CONNECTIONS = 64
PATH = f"/v1/surveys/{SURVEY_CODE}/responses"


@dataclass(frozen=True, slots=True)
class Load:
    """One rate. Memory is the service's most while it lasted, and the processor time its own."""

    times: float
    rate: float
    outcome: OpenOutcome
    accepted_per_second: float
    rss_mib: float
    service_seconds: float


@contextmanager
def watched(pid: int, peak: list[float]) -> Iterator[None]:
    """While the block runs, note the most memory of the process."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            peak.append(rss_mib(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def sustainable_rate(stage: Stage, bodies: list[str], seconds: float) -> float:
    """Responses a second that are accepted when each client waits for its answer."""
    port = stage.ports["survey_api"]
    return take_turn(Plan(port, PATH, bodies, SUSTAINED_CONNECTIONS, WARMUP_SECONDS, seconds)).requests_per_second


def offer(stage: Stage, bodies: list[str], rate: float, options: argparse.Namespace) -> OpenOutcome:
    """Offer responses at the rate; raises :class:`RuntimeError` where one was answered in any other way."""
    plan = OpenPlan(stage.ports["survey_api"], PATH, bodies, rate, options.seconds, options.connections)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.open_loop"],
        input=orjson.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        check=True,
        timeout=options.seconds + 2 * LAST_ANSWERS_SECONDS,
    )
    outcome = OpenOutcome(**orjson.loads(done.stdout))
    if outcome.failed:
        raise RuntimeError(outcome.failed)
    return outcome


def measure(stage: Stage, options: argparse.Namespace) -> list[Load]:
    """All rates, the calm one first. Raises :class:`AssertionError` unless what was accepted is stored, and no more."""
    bodies = [orjson.dumps(body).decode() for body in response_bodies()]
    sustainable = sustainable_rate(stage, bodies, options.seconds)
    before = stage.stored().responses
    loads = []
    for times in TIMES:
        peak: list[float] = []
        pid = stage.pids[stage.ports["survey_api"]]
        used = processor_seconds(pid)
        with watched(pid, peak):
            outcome = offer(stage, bodies, times * sustainable, options)
        used, accepted = processor_seconds(pid) - used, outcome.accepted / options.seconds
        loads.append(Load(times, times * sustainable, outcome, accepted, max(peak), used))
    stored = stage.stored().responses - before
    accepted = sum(load.outcome.accepted for load in loads)
    if stored != accepted:
        raise AssertionError(f"accepted {accepted}, stored {stored}")
    return loads


def table_of(loads: Sequence[Load]) -> Table:
    """The rates as a table."""
    table = table_of_figures(
        *("rate", "offered/s", "accepted/s", "p50 ms", "p99 ms", "refused", "in ms", "unsent", "MiB")
    )
    for load in loads:
        outcome = load.outcome
        table.add_row(
            f"{load.times:g} ×",
            f"{load.rate:,.0f}",
            f"{load.accepted_per_second:,.0f}",
            f"{outcome.accepted_p50_ms:.0f}",
            f"{outcome.accepted_p99_ms:.0f}",
            f"{outcome.refused:,}",
            f"{outcome.refused_p99_ms:.0f}" if outcome.refused else "",
            f"{outcome.unsent:,}",
            f"{load.rss_mib:.0f}",
        )
    return table


def read_options() -> argparse.Namespace:
    """The command's options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each rate is offered (%(default)s)")
    parser.add_argument("--connections", type=int, default=2000, help="most requests on their way (%(default)s)")
    return parser.parse_args()


def carry_out(options: argparse.Namespace, console: Console) -> None:
    """Measure, check, show and keep."""
    with running_stage(console) as stage:
        loads = measure(stage, options)
    console.print(table_of(loads))
    for load in loads:
        console.print(
            f"{load.times:g} ×: the service used {load.service_seconds:.1f} s of processor time, the load generator "
            f"{load.outcome.processor_seconds:.1f} s; 99 % of the requests were sent at most "
            f"{load.outcome.late_p99_ms:.0f} ms late."
        )
    console.print("Every accepted response was found in the database, and no other.")
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"overload-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json"
    path.write_text(json.dumps({"machine": machine(), "loads": [asdict(load) for load in loads]}, indent=2) + "\n")
    console.print(f"Kept as {path}", soft_wrap=True)


def main() -> None:
    """Measure as the command line says."""
    carry_out(read_options(), Console())


if __name__ == "__main__":
    main()
