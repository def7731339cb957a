"""YAML files that people write for a command."""

from pathlib import Path
from typing import Any

import yaml

from services.cli.failure import CommandError


def read_yaml_file(file: Path) -> Any:
    """What the file holds; raises :class:`CommandError` where it cannot be read or is no YAML in UTF-8."""
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} is no YAML in UTF-8: {' '.join(str(error).split())}") from error
