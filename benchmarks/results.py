"""What was measured: medians of the rounds, ratios to echo and stock, the table and the file."""

import json
import math
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from rich import box
from rich.table import Table

from benchmarks.load_generator import Outcome

TARGETS = ("katsaus", "echo", "stock")
FOLDER = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Summary:
    """One request kind at one target: medians over the rounds, and the accepted requests of all of them."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    accepted: int
    service_us: float
    database_us: float

    @classmethod
    def of(cls, rounds: list[Outcome]) -> "Summary":
        """The medians of the rounds, each by itself."""
        return cls(
            requests_per_second=median(outcome.requests_per_second for outcome in rounds),
            p50_ms=median(outcome.p50_ms for outcome in rounds),
            p99_ms=median(outcome.p99_ms for outcome in rounds),
            accepted=sum(outcome.accepted for outcome in rounds),
            service_us=median(outcome.service_us for outcome in rounds),
            database_us=median(outcome.database_us for outcome in rounds),
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """One request kind: Katsaus against echo and stock. The ratio of a round pairs what ran next to each other."""

    request: str
    summaries: dict[str, Summary]
    ratio_to_echo: float
    ratio_to_stock: float
    processor_ratio_to_echo: float
    processor_ratio_to_stock: float

    @classmethod
    def of(cls, request: str, rounds: dict[str, list[Outcome]]) -> "Comparison":
        """The comparison from each target's rounds, in the same order."""
        return cls(
            request,
            {target: Summary.of(rounds[target]) for target in TARGETS},
            ratio_to_echo=_ratio(rounds["katsaus"], rounds["echo"]),
            ratio_to_stock=_ratio(rounds["katsaus"], rounds["stock"]),
            processor_ratio_to_echo=_processor_ratio(rounds["katsaus"], rounds["echo"]),
            processor_ratio_to_stock=_processor_ratio(rounds["katsaus"], rounds["stock"]),
        )


def _ratio(ours: list[Outcome], theirs: list[Outcome]) -> float:
    return median(a.requests_per_second / b.requests_per_second for a, b in zip(ours, theirs, strict=True))


def _processor_ratio(ours: list[Outcome], theirs: list[Outcome]) -> float:
    """Of the processor time a request in the service's process, theirs to ours: less noisy than requests a second."""
    return median(b.service_us / a.service_us if a.service_us else math.nan for a, b in zip(ours, theirs, strict=True))


def table_of_figures(*headings: str, titles: Sequence[str] = (), title: str | None = None) -> Table:
    """An empty table for figures, whole in 80 columns: what is no terminal, and many a terminal, has no more.

    Columns of ``titles`` stand before the figures; the first of them is folded where it must be.
    """
    table = Table(title=title, box=box.SIMPLE_HEAD, show_edge=False, padding=0)
    for number, heading in enumerate(titles):
        table.add_column(heading, no_wrap=number > 0, overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def table_of(comparisons: list[Comparison]) -> Table:
    """The run as a table; ratios of the rate are ours to the row's, of processor time the row's to ours."""
    figures = ("req/s", "p50 ms", "p99 ms", "CPU µs", "DB µs", "rate", "CPU")
    table = table_of_figures(*figures, titles=("request", "target"))
    for comparison in comparisons:
        ratios = {
            "katsaus": "",
            "echo": f"{comparison.ratio_to_echo:.2f} ×",
            "stock": f"{comparison.ratio_to_stock:.2f} ×",
        }
        by_processor = {
            "katsaus": "",
            "echo": f"{comparison.processor_ratio_to_echo:.2f} ×",
            "stock": f"{comparison.processor_ratio_to_stock:.2f} ×",
        }
        for target, summary in comparison.summaries.items():
            table.add_row(
                comparison.request if target == TARGETS[0] else "",
                target,
                f"{summary.requests_per_second:.0f}",
                f"{summary.p50_ms:.1f}",
                f"{summary.p99_ms:.1f}",
                f"{summary.service_us:.0f}",
                f"{summary.database_us:.0f}",
                ratios[target],
                by_processor[target],
            )
        table.add_section()
    return table


def write(comparisons: list[Comparison], conditions: dict[str, Any]) -> Path:
    """Keep the run as a JSON file of its own; the file."""
    return _write("", {"conditions": conditions, "comparisons": [asdict(comparison) for comparison in comparisons]})


def write_run(name: str, conditions: dict[str, Any], runs: list[dict[str, Any]]) -> Path:
    """Keep what another benchmark measured as a JSON file of its own, called after it; the file."""
    return _write(f"{name}-", {"conditions": conditions, "runs": runs})


def _write(prefix: str, measured: dict[str, Any]) -> Path:
    FOLDER.mkdir(exist_ok=True)
    ended_at = datetime.now(UTC)
    path = FOLDER / f"{prefix}{ended_at:%Y-%m-%dT%H%M%SZ}.json"
    document = {"ended_at": ended_at.isoformat(timespec="seconds"), "machine": machine(), **measured}
    path.write_text(json.dumps(document, indent=2) + "\n")
    return path


def machine() -> dict[str, Any]:
    """What the run ran on. ``load`` is the machine's average of the last minute: others may have been busy too."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
