"""Sending a file of Open311 records to feedback_api, with progress and a summary at the end."""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from services.cli.failure import CommandError
from services.cli.open311.mapping import Catalogue, RecordError, import_line
from services.cli.service_http import Services

REFUSALS_SHOWN = 10
_STATUSES = ("created", "extended", "unchanged", "refused")


def load_file(services: Services, file: Path, source: str, console: Console) -> None:
    """Load the records of ``file``; repeating adds nothing. Raises :class:`CommandError` where any was refused."""
    if not file.is_file():
        raise CommandError(f"There is no file {file}.")
    catalogue = Catalogue.of(services.feedback.get("/v1/catalogue"))
    counts: Counter[str] = Counter()
    refusals: list[str] = []

    def refuse(reason: str) -> None:
        counts["refused"] += 1
        refusals.append(reason)

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress, _opened(file) as (lines, bytes_read):
        bar = progress.add_task(file.name, total=file.stat().st_size)

        def show_progress(_sent: int) -> None:
            progress.update(bar, completed=bytes_read())

        records = _import_lines(lines, catalogue, source, refuse)
        for sent in services.feedback.import_records("/v1/feedback/import", records, show_progress):
            if sent.status == "refused":
                refuse(f"record {sent.record['reference']}: {sent.reason}")
            else:
                counts[sent.status] += 1
    console.print(", ".join(f"{counts[status]} {status}" for status in _STATUSES))
    if refusals:
        shown = "\n".join(f"    {reason}" for reason in refusals[:REFUSALS_SHOWN])
        raise CommandError(f"{len(refusals)} of {counts.total()} records were refused, the first of them:\n{shown}")


def _import_lines(
    lines: Iterator[bytes], catalogue: Catalogue, source: str, refuse: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield import_line(json.loads(line), catalogue, source)
        except RecordError as error:
            refuse(f"line {number}: {error}")
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            refuse(f"line {number}: is not an Open311 record ({type(error).__name__}: {error})")


@contextmanager
def _opened(file: Path) -> Iterator[tuple[Iterator[bytes], Callable[[], int]]]:
    """The file's lines, unpacked where they are gzipped, and how many of its bytes were read."""
    with file.open("rb") as raw:
        lines: Iterator[bytes] = iter(gzip.GzipFile(fileobj=raw)) if file.suffix == ".gz" else iter(raw)
        try:
            yield lines, raw.tell
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise CommandError(f"{file} cannot be unpacked: {error}") from error
