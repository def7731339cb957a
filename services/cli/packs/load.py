"""Loading a pack of questions: each survey as a whole, so that loading again changes nothing."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.failure import CommandError
from services.cli.service_http import Service
from services.cli.yaml_file import read_yaml_file


def load_pack(survey_api: Service, file: Path, console: Console, *, checks_only: bool) -> None:
    """Load the surveys of the pack, or only say what would be done.

    Raises :class:`CommandError` naming the line of what is no YAML, the survey and field of what is refused.
    """
    pack = read_pack(file)
    table = Table("survey", "version", "would be" if checks_only else "was", show_edge=False)
    for survey in pack["surveys"]:
        code, fields = survey["code"], {name: value for name, value in survey.items() if name != "code"}
        outcome = survey_api.put(f"/v1/surveys/{code}", fields, check=str(checks_only).lower())
        table.add_row(code, str(outcome["version"]), outcome["outcome"])
    console.print(f"Pack {pack['pack']}")
    console.print(table)


def read_pack(file: Path) -> dict[str, Any]:
    """The pack in the file: its name, and surveys that each have a code."""
    pack = read_yaml_file(file)
    if not isinstance(pack, dict) or not isinstance(pack.get("surveys"), list) or not pack.get("pack"):
        raise CommandError(f"{file} is no pack: it needs `pack: NAME` and a list of `surveys`.")
    for place, survey in enumerate(pack["surveys"]):
        if not isinstance(survey, dict) or not isinstance(survey.get("code"), str):
            raise CommandError(f"{file}: surveys.{place} needs a `code`.")
    return pack
