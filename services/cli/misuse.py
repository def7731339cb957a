"""``katsaus misuse recompute``: judging presses anew, a day at a time."""

from datetime import date, timedelta

from rich.console import Console
from rich.progress import track

from services.cli.failure import CommandError
from services.cli.service_http import Services


def recompute(services: Services, console: Console, *, first_day: date, last_day: date) -> None:
    """Let survey_api judge each day's presses by its present rule, and show what changed."""
    if last_day < first_day:
        raise CommandError("--to is before --from.")
    days = [first_day + timedelta(days=number) for number in range((last_day - first_day).days + 1)]
    presses = flagged = cleared = 0
    rule = ""
    # A day a request: each is one transaction, and the devices wait for it.
    for day in track(days, description="Judging", console=console):
        answer = services.survey.post("/v1/misuse/recomputations", {"from": f"{day}", "to": f"{day}"})
        presses += answer["presses"]
        flagged += answer["flagged"]
        cleared += answer["cleared"]
        rule = answer["rule"]
    console.print(f"By {rule}: {presses} presses judged, {flagged} flagged, {cleared} cleared.", highlight=False)
