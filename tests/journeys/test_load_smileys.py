"""``katsaus load smileys`` against the running services."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.journeys.conftest import Up, katsaus

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("smileys")]

SURVEY = {
    "code": "round-smileys",
    "kind": "smiley",
    "names": {"fi": "Kierros", "sv": "Rundan", "en": "The round"},
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

PRESSES = """Aika;Laite;Painike
04.03.2024 09:00:01;12;Hyvä
04.03.2024 09:00:01;12;Hyvä
05.03.2024 10:00:00;12;Huono
05.03.2024 10:00:00;13;Hyvä
05.03.2024 10:00:00;12;Ei mikään
31.03.2024 03:30:00;12;Hyvä
"""

PRESSES_MAPPING = """
survey: round-smileys
source: round
rows: presses
delimiter: ";"
encoding: cp1252
time_format: "%d.%m.%Y %H:%M:%S"
columns: {time: Aika, point: Laite, button: Painike}
buttons: [Erittäin huono, Huono, Hyvä, Erittäin hyvä]
points: {12: kallio-health-station}
"""

HOURS = """tunti,piste,n0,n1,n2,n3
2024-03-04T09:00:00+0200,7,"1,0",0,0,5
2024-03-04T10:00:00+0200,7,0,0,0,{last}
"""

HOURS_MAPPING = """
survey: round-smileys
source: counter
rows: hours
decimal: ","
columns: {time: tunti, point: piste, counts: [n0, n1, n2, n3]}
points: {7: malmi-health-station}
"""


@pytest.fixture(scope="module")
def up(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    up = Up(tmp_path_factory.mktemp("smileys") / "home")
    up.begin_with(prepared)
    up.start()
    with up.client(1, key=up.key) as client:
        client.post("/v1/surveys", json=SURVEY).raise_for_status()
    yield up
    up.stop()


def load(up: Up, folder: Path, rows: str, mapping: str, *options: str, encoding: str = "utf-8") -> tuple[int, str]:
    (folder / "rows.csv").write_text(rows, encoding=encoding)
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    done = katsaus(
        "load",
        "smileys",
        str(folder / "rows.csv"),
        "--mapping",
        str(folder / "mapping.yaml"),
        *options,
        environ=up.environ | {"COLUMNS": "200"},
    )
    return done.returncode, done.stdout + done.stderr


def counted(up: Up, point: str) -> dict[tuple[str, int], int]:
    with psycopg.connect((up.home / "database-url").read_text().strip()) as connection:
        rows: list[Any] = connection.execute(
            "SELECT question_code, value, sum(count)::int FROM answer_histogram WHERE service_point_code = %s"
            " GROUP BY 1, 2 HAVING sum(count) > 0",
            [point],
        ).fetchall()
    return {(question, value): number for question, value, number in rows}


def held(up: Up) -> int:
    client: httpx.Client
    with up.client(1, key=up.key) as client:
        return int(client.get("/v1/held-answers").json()["count"])


def test_presses(up: Up, tmp_path: Path) -> None:
    code, output = load(up, tmp_path, PRESSES, PRESSES_MAPPING, "--dry-run", encoding="cp1252")
    assert "6 rows, 2 days from 2024-03-04 to 2024-03-05, 2 of them unreadable." in output
    assert "the point '13' is not in the mapping (1 rows)" in output
    assert "3 new, 0 changed, 0 unchanged, 1 held, 0 refused. Nothing was written" in output
    assert "line 6: Painike: 'Ei mikään' is not among the mapping's buttons" in output
    assert "line 7: Aika: is an hour that daylight saving skips or repeats" in output
    assert (code, counted(up, "kallio-health-station"), held(up)) == (1, {}, 0)

    code, output = load(up, tmp_path, PRESSES, PRESSES_MAPPING, encoding="cp1252")
    assert "hold their rows with --hold-unmapped. Nothing was sent." in output
    assert (code, counted(up, "kallio-health-station")) == (1, {})

    for words in ("3 new", "3 unchanged"):
        _, output = load(up, tmp_path, PRESSES, PRESSES_MAPPING, "--hold-unmapped", encoding="cp1252")
        assert words in output
        assert counted(up, "kallio-health-station") == {
            ("_responses", 1): 3,
            ("satisfaction", 1): 1,
            ("satisfaction", 2): 2,
        }
    assert held(up) == 1
    more = PRESSES_MAPPING.replace("points: {", "points: {13: kinapori-service-centre, ")
    load(up, tmp_path, PRESSES, more, encoding="cp1252")
    assert counted(up, "kinapori-service-centre") == {("_responses", 1): 1, ("satisfaction", 2): 1}
    assert held(up) == 0


def test_hours(up: Up, tmp_path: Path) -> None:
    for options, last, words in [
        (("--dry-run",), 2, "2 new"),
        ((), 2, "2 new"),
        (("--dry-run",), 3, "0 new, 1 changed, 1 unchanged"),
        ((), 3, "0 new, 1 changed, 1 unchanged"),
        ((), 3, "0 new, 0 changed, 2 unchanged"),
    ]:
        code, output = load(up, tmp_path, HOURS.format(last=last), HOURS_MAPPING, *options)
        assert (code, words in output) == (0, True), output
    assert counted(up, "malmi-health-station") == {
        ("_responses", 1): 9,
        ("satisfaction", 0): 1,
        ("satisfaction", 3): 8,
    }


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        (HOURS_MAPPING.replace("n3", "n9"), "The file lacks the columns n9"),
        (HOURS_MAPPING + "colour: red\n", "colour"),
        (HOURS_MAPPING.replace("rows: hours", "rows: presses"), "presses need columns.button"),
        (HOURS_MAPPING + "time_zone: Mars/Base\n", "no time zone"),
        ("a: [", "is no YAML"),
    ],
)
def test_a_wrong_mapping_is_named(up: Up, tmp_path: Path, mapping: str, words: str) -> None:
    code, output = load(up, tmp_path, HOURS.format(last=1), mapping)
    assert (code, words in output) == (1, True), output
