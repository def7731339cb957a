"""Presses of 300 devices through the import: shuffled, repeated and cut off twice, and counted as SQL counts them.

``KATSAUS_TEST_PRESSES=1000000`` for the full measure; the figures are printed (``-s``).
"""

import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import orjson
import psycopg
import pytest

from tests.journeys.conftest import Up

pytestmark = pytest.mark.journey

PRESSES = int(os.environ.get("KATSAUS_TEST_PRESSES", "20000"))
DEVICES = 300
REPEATED = 0.1
CUTS = (0.1, 0.2)
SERVICE_POINTS = ("kallio-health-station", "malmi-health-station", "ruskeasuo-dental-clinic", "kinapori-service-centre")
FIRST_DAY = datetime(2024, 1, 8, 5, tzinfo=UTC)
DAYS = 84
CHUNK_BYTES = 64 * 1024
RSS_GROWTH_MAX_MB = 150
"""Bodies, lines and results held in memory would take over 500 MB at a million presses."""

SURVEY = {
    "code": "hall-smileys",
    "kind": "smiley",
    "names": {"fi": "Aulat", "sv": "Aulorna", "en": "Lobbies"},
    "unit": "helsinki",
    "collection_mode": "device",
    "opens_at": "2024-01-01T00:00:00+02:00",
    "questions": [
        {
            "code": "satisfaction",
            "kind": "smiley_4",
            "purpose": "satisfaction",
            "labels": {"fi": "Miten meni?", "sv": "Hur gick det?", "en": "How did it go?"},
        }
    ],
}

# Written without any of the service's rules: what is stored, flagged anew and counted anew.
RECOUNT = """
WITH judged AS (
    SELECT press.*, (
        SELECT count(*) FROM survey_response AS other
        WHERE other.device_code = press.device_code AND other.given_at > press.given_at - interval '10 seconds'
          AND (other.given_at, other.id) < (press.given_at, press.id)
    ) >= 3 AS is_misuse
    FROM survey_response AS press
    WHERE press.survey_code = 'hall-smileys'
), counted AS (
    SELECT service_point_code, given_at AT TIME ZONE 'Europe/Helsinki' AS local,
        unnest(CASE WHEN is_misuse THEN ARRAY['_misuse'] ELSE ARRAY['_responses', 'satisfaction'] END)
            AS question_code,
        unnest(CASE WHEN is_misuse THEN ARRAY[1] ELSE ARRAY[1, CASE answers ->> 'satisfaction'
            WHEN 'very_unhappy' THEN 0 WHEN 'unhappy' THEN 1 WHEN 'happy' THEN 2 WHEN 'very_happy' THEN 3 END] END)
            AS value
    FROM judged
), recounted AS (
    SELECT service_point_code, question_code, local::date AS given_on, extract(hour FROM local)::int AS given_hour,
        value, count(*) AS count
    FROM counted GROUP BY 1, 2, 3, 4, 5
), histogram AS (
    SELECT service_point_code, question_code, given_on, given_hour::int, value::int, count
    FROM answer_histogram WHERE survey_code = 'hall-smileys' AND count > 0
)
SELECT (SELECT count(*) FROM (TABLE recounted EXCEPT TABLE histogram) AS missing),
    (SELECT count(*) FROM (TABLE histogram EXCEPT TABLE recounted) AS surplus),
    (SELECT count(*) FROM histogram),
    (SELECT count(*) FROM judged WHERE is_misuse),
    (SELECT count(*) FROM judged WHERE is_misuse <> (misuse_reason IS NOT NULL)),
    (SELECT count(*) FROM judged)
"""


def press(number: int) -> bytes:
    """The press of that number, always the same; every tenth handful is one device's, seconds apart."""
    is_burst = number // 5 % 10 == 0
    dice = random.Random(number // 5 if is_burst else number)
    device = dice.randrange(DEVICES)
    given_at = FIRST_DAY + timedelta(days=dice.randrange(DAYS), seconds=dice.randrange(12 * 3600))
    if is_burst:
        given_at += timedelta(seconds=number % 5 * 2)
    line = {
        "id": str(UUID(int=random.Random(-1 - number).getrandbits(128), version=4)),
        "device": f"T-{device:03}",
        "given_at": given_at.isoformat(),
        "button": random.Random(number).choice((0, 1, 2, 2, 3, 3, 3)),
    }
    return orjson.dumps(line) + b"\n"


def write_presses(path: Path) -> int:
    """All presses with their repeats, shuffled; how many lines that are."""
    numbers = list(range(PRESSES)) + random.Random(1).sample(range(PRESSES), int(PRESSES * REPEATED))
    random.Random(2).shuffle(numbers)
    with path.open("wb") as file:
        file.writelines(map(press, numbers))
    return len(numbers)


class CutOffError(Exception):
    """The line is dead."""


def chunks(path: Path, share: float) -> Iterator[bytes]:
    """The file's first ``share``, and then nothing but an end in the middle of a line."""
    size = path.stat().st_size
    remaining = size if share == 1 else int(size * share) | 1
    with path.open("rb") as file:
        while remaining and (chunk := file.read(min(CHUNK_BYTES, remaining))):
            remaining -= len(chunk)
            yield chunk
    if share < 1:
        raise CutOffError


class Watch(threading.Thread):
    """Watches a process's resident memory, in MB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._status = Path(f"/proc/{pid}/status")
        self._done = threading.Event()
        self.before = self.peak = self._resident()

    def _resident(self) -> float:
        line = next(line for line in self._status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def run(self) -> None:
        while not self._done.wait(0.2):
            self.peak = max(self.peak, self._resident())

    def stop(self) -> None:
        self._done.set()
        self.join()


@pytest.fixture(scope="module")
def up(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    up = Up(tmp_path_factory.mktemp("presses") / "home")
    up.begin_with(prepared)
    up.start()
    yield up
    up.stop()


def register(client: httpx.Client) -> None:
    client.post("/v1/surveys", json=SURVEY).raise_for_status()
    for number in range(DEVICES):
        code = f"T-{number:03}"
        body = {"code": code, "name": code, "kind": "terminal", "survey": "hall-smileys"}
        client.post("/v1/devices", json=body).raise_for_status()
        place = {"service_point": SERVICE_POINTS[number % 4], "valid_from": "2024-01-01T00:00:00Z"}
        client.post(f"/v1/devices/{code}/assignments", json=place).raise_for_status()


def test_the_histogram_is_what_sql_counts(up: Up, tmp_path: Path) -> None:
    path = tmp_path / "presses.ndjson"
    lines = write_presses(path)
    statuses: Counter[str] = Counter()
    with up.client(1, key=up.key) as client:
        register(client)
        watch = Watch(up.service_pid("survey_api"))
        watch.start()
        for share in CUTS:
            with pytest.raises(CutOffError):
                client.post("/v1/responses/import", content=chunks(path, share))
        began = time.monotonic()
        with client.stream("POST", "/v1/responses/import", content=chunks(path, 1), timeout=None) as response:
            assert response.status_code == 200
            statuses.update(orjson.loads(line)["status"] for line in response.iter_lines())
        seconds = time.monotonic() - began
        watch.stop()
        numbers = client.get("/v1/quarters/2024-Q1/statement", timeout=120).json()["numbers"]
    with psycopg.connect((up.home / "database-url").read_text().strip()) as connection:
        row = connection.execute(RECOUNT).fetchone()
    assert row is not None
    missing, surplus, rows, misuse, misjudged, stored = row
    sys.stdout.write(
        f"{stored} presses in {lines} lines, last pass {seconds:.0f} s ({lines / seconds:.0f} lines/s), "
        f"{dict(statuses)}; {rows} histogram rows, {misuse} misuse; "
        f"survey_api {watch.before:.0f} MB before, {watch.peak:.0f} MB at most\n"
    )
    assert (stored, missing, surplus, misjudged) == (PRESSES, 0, 0, 0)
    assert set(statuses) <= {"created", "unchanged"}
    assert sum(statuses.values()) == lines
    assert misuse > PRESSES * REPEATED / 10
    assert numbers["surveys.hall-smileys.misuse"] == misuse
    assert numbers["surveys.hall-smileys.responses"] == PRESSES - misuse
    assert watch.peak - watch.before < RSS_GROWTH_MAX_MB
