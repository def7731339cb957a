"""``katsaus retention run``: what is due to be erased, and erasing it."""

from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.service_http import Services


def run_retention(services: Services, console: Console, *, erases: bool) -> None:
    """Let feedback_api run retention, and show what it found or did."""
    answer = services.feedback.post("/v1/retention/runs", {"dry_run": not erases})
    policies: list[dict[str, Any]] = answer["policies"]
    table = Table("policy", "due", "oldest", "erased", "notes", "files", show_edge=False)
    for policy in policies:
        numbers = [str(policy[name]) for name in ("erased", "notes", "attachments")]
        table.add_row(policy["policy"], str(policy["due"]), (policy["oldest_received_at"] or "")[:10], *numbers)
    console.print(table)
    if not erases:
        console.print("Nothing was erased: this was a dry run. Erase with `katsaus retention run --erase`.")
