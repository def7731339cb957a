"""Reading the whole file first, saying what would happen, and sending it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from services.cli.failure import CommandError
from services.cli.service_http import SentLine, Services
from services.cli.smileys.mapping import Mapping, read_mapping
from services.cli.smileys.rows import read_rows

FAULTS_SHOWN = 10
_PATHS = {"presses": "/v1/responses/import", "hours": "/v1/smileys/counts"}
_DRY_WORDS = {"created": "new", "updated": "changed", "unchanged": "unchanged", "held": "held", "refused": "refused"}


@dataclass
class _Summary:
    """What the file holds."""

    rows: int = 0
    days: set[str] = field(default_factory=set)
    unmapped: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def load_file(
    services: Services, file: Path, mapping_file: Path, console: Console, *, dry_run: bool, hold_unmapped: bool
) -> None:
    """Load the file by its mapping, or only say what would happen. Raises :class:`CommandError` where rows are refused,
    or points are unmapped and are not to be held."""
    mapping = read_mapping(mapping_file)
    if not file.is_file():
        raise CommandError(f"There is no file {file}.")
    summary = _survey(file, mapping)
    days = sorted(summary.days)
    span = f", {len(days)} days from {days[0]} to {days[-1]}" if days else ""
    console.print(f"{summary.rows} rows{span}, {len(summary.faults)} of them unreadable.", highlight=False)
    for point, rows in sorted(summary.unmapped.items()):
        console.print(f"    the point {point!r} is not in the mapping ({rows} rows)", highlight=False)
    if summary.unmapped and not (dry_run or hold_unmapped):
        raise CommandError("Map these points, or hold their rows with --hold-unmapped. Nothing was sent.")
    if not dry_run:
        _map_points(services, mapping)
    statuses = _send(services, file, mapping, summary, console, dry_run=dry_run)
    words = ", ".join(f"{statuses[status]} {_DRY_WORDS[status]}" for status in _DRY_WORDS)
    what = "presses" if mapping.rows == "presses" else "hours"
    console.print(f"{what}: {words}. {'Nothing was written: this was a dry run.' if dry_run else ''}", highlight=False)
    if summary.faults:
        shown = "\n".join(f"    {fault}" for fault in summary.faults[:FAULTS_SHOWN])
        raise CommandError(f"{len(summary.faults)} rows are refused, the first of them:\n{shown}")


def _survey(file: Path, mapping: Mapping) -> _Summary:
    summary = _Summary()
    for row in read_rows(file, mapping):
        summary.rows += 1
        if row.fault is not None:
            summary.faults.append(f"line {row.line}: {row.fault}")
            continue
        summary.days.add(row.day)
        if row.point not in mapping.points:
            summary.unmapped[row.point] += 1
    return summary


def _map_points(services: Services, mapping: Mapping) -> None:
    for point, service_point in mapping.points.items():
        body = {"source": mapping.source, "source_point": point, "survey": mapping.survey}
        services.survey.put("/v1/source-points", body | {"service_point": service_point})


def _send(
    services: Services, file: Path, mapping: Mapping, summary: _Summary, console: Console, *, dry_run: bool
) -> Counter[str]:
    statuses: Counter[str] = Counter()
    numbers: list[int] = []
    path = _PATHS[mapping.rows] + ("?dry_run=true" if dry_run else "")
    with Progress(console=console) as progress:
        bar = progress.add_task(file.name, total=summary.rows - len(summary.faults))
        sent = services.survey.import_records(
            path, _records(file, mapping, numbers), lambda count: progress.advance(bar, count)
        )
        for position, line in enumerate(sent):
            if line.status == "refused":
                summary.faults.append(f"line {numbers[position]}: {line.reason}")
            statuses[_status(line, mapping, dry_run=dry_run)] += 1
    return statuses


def _status(line: SentLine, mapping: Mapping, *, dry_run: bool) -> str:
    # A dry run sets no mapping: what waits only for one of this file's would be new.
    if dry_run and line.status == "held" and line.record["source_point"] in mapping.points:
        return "created"
    return line.status


def _records(file: Path, mapping: Mapping, numbers: list[int]) -> Iterator[dict[str, Any]]:
    for row in read_rows(file, mapping):
        if row.record is not None:
            numbers.append(row.line)
            yield row.record
