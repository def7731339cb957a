"""The snippets of docs/reporting-tools.md: each one's request is made, and what runs here is run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from services.shared.clock import local_day, now
from services.shared.periods import PeriodKind, period_of
from tests.journeys.conftest import Up

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

PAGE = (Path(__file__).parents[2] / "docs" / "reporting-tools.md").read_text(encoding="utf-8")
HOST = "http://127.0.0.1:8003"
PATH = re.compile(rf"{HOST}(/[^\s\"'`]*)")
WEB_CONTENTS = re.compile(
    rf'Web\.Contents\("{HOST}", \[\s*RelativePath = "([^"]+)",\s*Query = \[([^\]]*)\]\s*\]\)', flags=re.DOTALL
)


def blocks(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)
    assert found, language
    return found


@pytest.mark.parametrize("language", ["powerquery", "r", "yaml"])
def test_the_address_of_every_snippet_answers(katsaus_up: Up, language: str) -> None:
    for block in blocks(language):
        requests: list[tuple[str, dict[str, str]]] = [(path, {}) for path in PATH.findall(block)]
        for path, query in WEB_CONTENTS.findall(block):
            requests.append((f"/{path}", dict(re.findall(r'(\w+) = "([^"]*)"', query))))
        assert requests, block
        with katsaus_up.client(2) as client:
            for path, params in requests:
                answer = client.get(path, params=params) if params else client.get(path)
                assert answer.status_code == 200, (path, answer.text)
                assert len(answer.content) > 100, path


@pytest.mark.parametrize("block", blocks("python"))
def test_every_python_snippet_runs(katsaus_up: Up, block: str) -> None:
    code = block.replace(HOST, f"http://127.0.0.1:{katsaus_up.ports[2]}")

    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NO_PROXY": "*", "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout


def test_the_feed_folds_what_power_query_asks(katsaus_up: Up) -> None:
    # As Power Query writes the step `Table.SelectRows(Types, each [period] >= "2021-Q1")`.
    rows = katsaus_up.get("/odata/v4/feedback_by_type", **{"$filter": "period ge '2021-Q1'"})["value"]

    assert {"2021-Q1", "2021-Q2"} <= {row["period"] for row in rows}
    assert min(row["period"] for row in rows) == "2021-Q1"


def test_exports_have_as_many_rows_as_the_figures_count(katsaus_up: Up) -> None:
    days = {"from": "2021-04-01", "to": "2021-06-30", "format": "ndjson"}
    report = katsaus_up.get("/v1/quarters/2021-Q2")
    with katsaus_up.client(2, key=katsaus_up.key) as client:
        feedback = client.get("/v1/exports/feedback", params=days)
        responses = client.get("/v1/exports/responses", params=days)

    received = report["feedback"]["received"]["value"]
    assert len(feedback.text.splitlines()) == int(feedback.headers["x-total-count"]) == received
    surveys = re.findall(r'"survey":"([^"]+)"', responses.text)
    assert len(surveys) == int(responses.headers["x-total-count"])
    answered = {one["code"]: one["respondents"]["value"] for one in (*report["chats"], *report["surveys"])}
    assert answered
    assert {code: surveys.count(code) for code in answered} == answered


def test_no_figure_is_stale_after_an_acknowledged_write(katsaus_up: Up) -> None:
    quarter = period_of(PeriodKind.QUARTER, local_day(now())).label
    chosen = {"valuecodes[period]": quarter, "valuecodes[measure]": "feedback_received"}
    body = {"type": "complaint", "unit": "oral-health"}

    def received() -> tuple[int, int, int]:
        report = katsaus_up.get(f"/v1/quarters/{quarter}")["feedback"]["received"]["value"]
        (cell,) = katsaus_up.get("/pxweb/api/v2/tables/feedback/data", **chosen)["value"]
        rows = katsaus_up.get("/odata/v4/feedback", **{"$filter": f"period eq '{quarter}'"})["value"]
        return report, cell, next(row["value"] for row in rows if row["measure"] == "feedback_received")

    before = 0
    for number in range(4):
        with katsaus_up.client(0, key=katsaus_up.key) as client:
            sent = client.post("/v1/feedback", json=body | {"text": f"Jono oli pitkä jo {number}. kerran."})
            assert sent.status_code == 201, sent.text
        figures = received()
        assert len(set(figures)) == 1
        assert figures[0] == before + 1 or not before
        # Read again from what was kept, it is the same.
        assert received() == figures
        before = figures[0]
