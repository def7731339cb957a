"""``katsaus retention run``: what is due to be erased in each service, and erasing it."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from services.cli.service_http import Service, Services

NUMBERS = ("erased", "notes", "attachments")


def run_retention(services: Services, console: Console, *, erases: bool) -> None:
    """Let the services that hold content run retention, and show what they found or did."""
    table = Table("service", "policy", "due", "oldest", "erased", "notes", "files", show_edge=False)
    for service in (services.feedback, services.survey):
        policies = _erase(service, console) if erases else _run(service, dry_run=True)["policies"]
        for policy in policies:
            numbers = [str(policy[name]) for name in NUMBERS]
            oldest = (policy["oldest_received_at"] or "")[:10]
            table.add_row(service.name, policy["policy"], str(policy["due"]), oldest, *numbers)
    console.print(table)
    if not erases:
        console.print("Nothing was erased: this was a dry run. Erase with `katsaus retention run --erase`.")


def _erase(service: Service, console: Console) -> list[dict[str, Any]]:
    """What the service erased, in as many calls as it takes; the first one counts what is due."""
    first, *others = _shown(service, console)
    for other in others:
        for policy, more in zip(first["policies"], other["policies"], strict=True):
            for name in NUMBERS:
                policy[name] += more[name]
    found: list[dict[str, Any]] = first["policies"]
    return found


def _shown(service: Service, console: Console) -> Iterator[dict[str, Any]]:
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"Erasing at {service.name}", total=None)
        while True:
            run = _run(service, dry_run=False)
            erased = sum(policy["erased"] for policy in run["policies"])
            left = sum(policy["due"] for policy in run["policies"]) - erased
            progress.update(task, advance=erased)
            progress.update(task, total=progress.tasks[task].completed + left)
            yield run
            if run["is_complete"]:
                return


def _run(service: Service, *, dry_run: bool) -> dict[str, Any]:
    answer: dict[str, Any] = service.post("/v1/retention/runs", {"dry_run": dry_run})
    return answer
