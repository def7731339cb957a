"""Real Open311 records of 2014-2015, loaded twice, against a recount written from the file itself."""

import gzip
import json
import statistics
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.conftest import Up, katsaus

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

CHECKOUT = Path(__file__).resolve().parents[2]
RECORDS = CHECKOUT.parent / "shared" / "data" / "helsinki-feedback-2014-12--2015-09.jsonl.gz"
QUARTERS = ["2014-Q4", "2015-Q1", "2015-Q2", "2015-Q3"]
DAY = 86_400


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    if not RECORDS.exists():
        pytest.skip("the real records are not beside the checkout (../shared/data)")
    with gzip.open(RECORDS, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def loads(katsaus_up: Up, records: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """What loading the file twice said, and the figures after each."""
    outcomes = []
    for _ in range(2):
        done = katsaus("load", "open311", str(RECORDS), environ=katsaus_up.environ)
        assert done.returncode == 0, done.stderr
        reports = {quarter: katsaus_up.get(f"/v1/quarters/{quarter}")["feedback"] for quarter in QUARTERS}
        outcomes.append((done.stdout, reports))
    return outcomes


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def recount(records: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Per Helsinki quarter: received, transferred out, handled, and the days from arrival to the first end.

    An end is an answer given, or a task that was closed by whoever had to act on the item.
    """
    quarters: dict[str, dict[str, Any]] = defaultdict(lambda: {"received": 0, "transferred_out": 0, "days": []})
    for record in records:
        local = instant(record["requested_datetime"]).astimezone(ZoneInfo("Europe/Helsinki"))
        quarter = quarters[f"{local.year}-Q{(local.month + 2) // 3}"]
        quarter["received"] += 1
        ends, last_sent_out, last_work = [], "", ""
        for task in record["tasks"]:
            what = f"{task['task_type']} {task['task_state']}"
            if what in ("wait_for_answer completed", "wait_for_answer closed", "assigned closed"):
                ends.append(task["task_modified"])
                last_work = max(last_work, task["task_created"])
            if task["task_type"] == "transferred_out":
                last_sent_out = max(last_sent_out, task["task_created"])
        if last_sent_out > last_work:
            quarter["transferred_out"] += 1
        elif ends:
            seconds = (instant(min(ends)) - instant(record["requested_datetime"])).total_seconds()
            quarter["days"].append(seconds / DAY)
    return quarters


class TestLoad:
    def test_takes_every_record(self, loads: list[tuple[str, dict[str, Any]]]) -> None:
        assert "1007 created, 0 extended, 0 unchanged, 0 refused" in loads[0][0]

    def test_repeated_adds_nothing_and_changes_no_figure(self, loads: list[tuple[str, dict[str, Any]]]) -> None:
        assert "0 created, 0 extended, 1007 unchanged, 0 refused" in loads[1][0]
        assert loads[0][1] == loads[1][1]

    @pytest.mark.parametrize("quarter", QUARTERS)
    def test_received_handled_and_open_match_the_recount(
        self, loads: list[tuple[str, dict[str, Any]]], records: list[dict[str, Any]], quarter: str
    ) -> None:
        expected = recount(records)[quarter]
        balance = loads[0][1][quarter]["balance"]
        assert balance["received"] == expected["received"]
        assert balance["transferred_out"] == expected["transferred_out"]
        assert balance["handled"] == len(expected["days"])
        assert balance["open"] == expected["received"] - expected["transferred_out"] - len(expected["days"])

    @pytest.mark.parametrize("quarter", QUARTERS)
    def test_both_clocks_match_the_recount(
        self, loads: list[tuple[str, dict[str, Any]]], records: list[dict[str, Any]], quarter: str
    ) -> None:
        days = recount(records)[quarter]["days"]
        feedback = loads[0][1][quarter]
        # The records tell of no interim answers, so the reaction is the answer.
        for clock in ("handling_time", "reaction_time"):
            assert feedback[clock]["mean"]["value"] == pytest.approx(statistics.mean(days), abs=0.051)
            assert feedback[clock]["median"]["value"] == pytest.approx(statistics.median(days), abs=0.051)

    def test_quarters_add_up_to_all_records(self, loads: list[tuple[str, dict[str, Any]]]) -> None:
        assert sum(loads[1][1][quarter]["received"]["value"] for quarter in QUARTERS) == 1007

    def test_statements_agree(self, katsaus_up: Up, loads: list[tuple[str, dict[str, Any]]]) -> None:
        report = katsaus_up.get("/v1/quarters/2015-Q2", check="statements")
        assert {entry["status"] for entry in report["statements"]} == {"agree"}


class TestBrokenFile:
    def test_good_records_are_taken_and_the_bad_ones_named(self, katsaus_up: Up, tmp_path: Path) -> None:
        file = tmp_path / "mixed.jsonl"
        good = {
            "service_request_id": "journey-1",
            "requested_datetime": "2010-05-01T08:00:00Z",
            "description": "Invented for this test.",
            "status": "closed",
            "tasks": [],
        }
        unknown_time = {**good, "service_request_id": "journey-2", "requested_datetime": "1999-05-01T08:00:00Z"}
        lines = [json.dumps(good), "{ broken", json.dumps(unknown_time), json.dumps([1])]
        file.write_text("\n".join(lines) + "\n")
        done = katsaus("load", "open311", str(file), "--source", "journey", environ=katsaus_up.environ)
        assert done.returncode == 1
        assert "1 created, 0 extended, 0 unchanged, 3 refused" in done.stdout
        assert "line 2" in done.stderr
        assert "record journey-2: received_at is before 2000-01-01" in done.stderr
        assert "line 4" in done.stderr
        assert "Traceback" not in done.stderr

    def test_missing_file_is_a_sentence(self, katsaus_up: Up, tmp_path: Path) -> None:
        done = katsaus("load", "open311", str(tmp_path / "none.jsonl"), environ=katsaus_up.environ)
        assert done.returncode == 1
        assert "There is no file" in done.stderr
