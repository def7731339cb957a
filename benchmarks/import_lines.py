"""The lines of a large import, each with an id and a time of its own, ten thousand a day: answers, or presses."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from benchmarks.bodies import SURVEY_CODE, response_bodies
from services.shared.identifiers import new_uuid

_FIRST = datetime(2021, 1, 2, tzinfo=UTC)
_APART = timedelta(days=1) / 10_000


DEVICES = tuple(f"T-{number}" for number in range(40))
"""The terminals of the presses."""

_BUTTONS = 5


def answers() -> list[dict[str, Any]]:
    """What persons answered, without the id and the time."""
    return [body | {"survey": SURVEY_CODE} for body in response_bodies()]


def presses() -> list[dict[str, Any]]:
    """What the terminals tell, likewise."""
    return [{"device": device, "button": button} for button in range(_BUTTONS) for device in DEVICES]


def write_lines(path: Path, bodies: Sequence[dict[str, Any]], count: int) -> None:
    """Write ``count`` new lines of NDJSON, in the order they were given."""
    with path.open("wb") as file:
        for number in range(count):
            given_at = _FIRST + number * _APART
            body = bodies[number % len(bodies)]
            file.write(orjson.dumps(body | {"id": new_uuid(), "given_at": given_at}) + b"\n")
