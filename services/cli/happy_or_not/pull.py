"""Asking survey_api for a pull, following it to its end, and showing what it found and what waits."""

import time
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.failure import CommandError
from services.cli.happy_or_not.mapping_file import read_mapping
from services.cli.service_http import Services

PATH = "/v1/connectors/happy-or-not"

POLL_SECONDS = 0.5
"""How soon progress shows; a pull takes minutes."""

_ENDED = {"finished", "failed", "interrupted"}
_NO_REASON = "not looked at yet"
_GAPS = {
    "unmapped_surveys": "surveys without an entry",
    "unmapped_points": "points without a service point",
    "unmapped_options": "follow-up options not listed",
    "proposed": "entries that nobody has reviewed",
}


def pull(services: Services, console: Console, *, from_day: date | None, to_day: date | None) -> None:
    """Pull what is due, or the days asked for; raises :class:`CommandError` where it did not end well."""
    days = {"from_day": from_day, "to_day": to_day}
    body = {name: day.isoformat() for name, day in days.items() if day is not None}
    asked = services.survey.post(f"{PATH}/pulls", body)
    with console.status("Waiting for the pull to begin …") as status:
        while asked["state"] not in _ENDED:
            time.sleep(POLL_SECONDS)
            asked = services.survey.get(f"{PATH}/pulls/{asked['id']}")
            status.update(_progress(asked))
    console.print(_counts(asked) or "Nothing new.")
    show_waiting(services, console)
    if asked["state"] == "failed":
        raise CommandError(f"The pull failed ({asked['failure_code']}). {asked['failure_detail']}")
    if asked["state"] == "interrupted":
        raise CommandError("The pull was interrupted; pull again, nothing is doubled or lost.")


def _progress(pull: dict[str, Any]) -> str:
    until = f", read until {pull['read_until']}" if pull["read_until"] else ""
    return f"The pull is {pull['state']}{until}: {_counts(pull) or 'nothing yet'}"


def _counts(pull: dict[str, Any]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in pull["counts"].items() if count)


def show_waiting(services: Services, console: Console) -> None:
    """What was read and is not counted, and why."""
    waiting: list[dict[str, Any]] = services.survey.get(PATH)["waiting"]
    if not waiting:
        return
    table = Table("waits", "why", "survey", "point", "first", "last", show_edge=False)
    for row in waiting:
        survey = f"{row['survey_id']} {row['question'] or ''}".strip()
        point = f"{row['point_id']} {row['point'] or ''}".strip()
        days = (row["first_at"][:10], row["last_at"][:10])
        table.add_row(str(row["count"]), row["reason"] or _NO_REASON, survey, point, *days)
    console.print(table)


def put_mapping(services: Services, console: Console, file: Path, *, is_check: bool) -> None:
    """Store the mapping of ``file``, or only say what it would do; raises :class:`CommandError` where it has faults."""
    dry_run = "true" if is_check else "false"
    report = services.survey.put(f"{PATH}/mapping", read_mapping(file), dry_run=dry_run)
    for name, what in _GAPS.items():
        if report[name]:
            console.print(f"{len(report[name])} {what}: {', '.join(report[name])}", soft_wrap=True, highlight=False)
    if report["faults"]:
        faults = "\n".join(f"    {fault['name']}: {fault['reason']}" for fault in report["faults"])
        raise CommandError(f"{file} has {len(report['faults'])} faults:\n{faults}")
    if is_check:
        console.print("The mapping has no faults. Nothing was stored: load it without --check.")
    else:
        console.print("The mapping is stored; what waited for it is being counted.")
