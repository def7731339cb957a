"""The lines of a large import: the benchmark's responses, each with an id and a time of its own, ten thousand a day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from benchmarks.bodies import SURVEY_CODE, response_bodies
from services.shared.identifiers import new_uuid

_FIRST = datetime(2021, 1, 2, tzinfo=UTC)
_APART = timedelta(days=1) / 10_000


def write_lines(path: Path, count: int) -> None:
    """Write ``count`` new lines of NDJSON, in the order they were given."""
    bodies = response_bodies()
    with path.open("wb") as file:
        for number in range(count):
            given_at = _FIRST + number * _APART
            body = bodies[number % len(bodies)]
            file.write(orjson.dumps(body | {"survey": SURVEY_CODE, "id": new_uuid(), "given_at": given_at}) + b"\n")
