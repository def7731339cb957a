"""Reading a mapping file: YAML, whose ids may be written as numbers."""

from pathlib import Path
from typing import Any

from services.cli.failure import CommandError
from services.cli.yaml_file import read_yaml_file


def read_mapping(file: Path) -> dict[str, Any]:
    """The file as survey_api takes it; raises :class:`CommandError` saying what cannot be read."""
    content = read_yaml_file(file)
    if not isinstance(content, dict) or not isinstance(content.get("surveys"), list):
        raise CommandError(f"{file} has no list `surveys`; docs/happy-or-not.md shows one.")
    return content | {"surveys": [_entry(entry) for entry in content["surveys"]]}


def _entry(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    read = dict(entry)
    for name in ("points", "options"):
        if isinstance(read.get(name), dict):
            read[name] = {_text(key): value for key, value in read[name].items()}
    if "survey_id" in read:
        read["survey_id"] = _text(read["survey_id"])
    return read


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
