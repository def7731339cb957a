"""The catalogue's files: their names in the order they are loaded, their texts, and the revision these make."""

import hashlib
from collections.abc import Mapping
from importlib import resources

from services.cli.catalogue.public_holidays import holidays_revision

FILE_NAMES = (
    "units.yaml",
    "feedback_types.yaml",
    "topics.yaml",
    "channels.yaml",
    "themes.yaml",
    "target_policies.yaml",
    "deadline_policies.yaml",
    "retention_policies.yaml",
    "open311_services.yaml",
    "ombudsman_services.yaml",
    "ombudsman_reasons.yaml",
    "help_reasons.yaml",
    "help_barriers.yaml",
)


def read_files() -> dict[str, str]:
    """The text of each file, by name."""
    folder = resources.files("services.cli.catalogue")
    return {name: (folder / name).read_text(encoding="utf-8") for name in FILE_NAMES}


def revision_of(texts: Mapping[str, str]) -> str:
    """The revision that ``texts`` and the holidays make: any change in any of them makes another."""
    return hashlib.sha256("\n".join([*texts.values(), holidays_revision()]).encode()).hexdigest()
