"""survey_api and PostgreSQL are killed under load: what was acknowledged is there once, and counted once.

Kills take turns: the service, a process of the database (which makes PostgreSQL recover from its log), the whole
database. ``KATSAUS_KILLS=21`` kills more often than the three of a usual run, and ``pytest -s`` shows the counts.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import psycopg
import pytest

from services.cli.keys import create_key
from services.shared.clock import now
from services.shared.scopes import Scope
from services.shared.tables.access import Service
from services.survey_api.responses.repository import COPIED_MIN
from tests.journeys.killing import CLIENTS, KILLS, Load, Stage, stage_of
from tests.survey_api.factories import question, survey

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("kills")]

UPLOADERS = 2

_RECOUNT = """
    SELECT (SELECT count(*) FROM survey_response),
        (SELECT count(DISTINCT id) FROM survey_response),
        (SELECT array_agg(id::text) FROM survey_response),
        (SELECT array_agg((answer, number) ORDER BY answer)::text FROM (
            SELECT coalesce(answers ->> 'nps', answers ->> 'mood'), count(*) FROM survey_response GROUP BY 1)
            AS recounted (answer, number)),
        (SELECT array_agg((answer, number) ORDER BY answer)::text FROM (
            SELECT CASE question_code WHEN 'nps' THEN value::text
                ELSE (ARRAY['very_unhappy', 'unhappy', 'happy', 'very_happy'])[value + 1] END, sum(count)::bigint
            FROM answer_histogram WHERE question_code IN ('nps', 'mood') GROUP BY 1) AS counted (answer, number)),
        (SELECT sum(count)::bigint FROM answer_histogram WHERE question_code = '_responses')
"""


@dataclass
class Responses(Load):
    """Two clients upload answers to a chat's survey, two give them one by one, and the others press smileys."""

    key: str = field(kw_only=True)

    def request(self, number: int) -> httpx.Request:
        """An answer or a press, three in four with an id of its sender's; or an upload that is copied as new."""
        moment = int(time.time() * 1000)
        if number < UPLOADERS:
            return self._upload(moment)
        code, answers = ("buttons", _press(moment)) if number >= CLIENTS // 2 else ("chat", {"nps": moment % 11})
        body = {"answers": answers} | ({} if number % 4 == 3 else {"id": str(uuid4())})
        return httpx.Request("POST", f"{self.stage.base_url}/v1/surveys/{code}/responses", json=body)

    def _upload(self, moment: int) -> httpx.Request:
        lines = [
            {"survey": "chat", "id": str(uuid4()), "given_at": now(), "answers": {"nps": (moment + number) % 11}}
            for number in range(COPIED_MIN)
        ]
        return httpx.Request(
            "POST",
            f"{self.stage.base_url}/v1/responses/import",
            content=b"\n".join(map(orjson.dumps, lines)),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/x-ndjson"},
        )

    def is_taken(self, answer: httpx.Response) -> bool:
        """Of an upload every line, or none: those whose database is gone are to be sent again."""
        if not answer.is_success or not _is_upload(answer.request):
            return answer.is_success
        results = _results(answer)
        assert {result["status"] for result in results} <= {"created", "unchanged", "refused"}, answer.text
        assert {result["code"] for result in results} <= {None, "internal_error"}, answer.text
        return all(result["id"] for result in results)

    def acknowledge(self, request: httpx.Request, answer: httpx.Response) -> None:
        """Of an upload each line is acknowledged."""
        if _is_upload(request):
            self.acknowledged.extend(result["id"] for result in _results(answer))
        else:
            super().acknowledge(request, answer)


def _is_upload(request: httpx.Request) -> bool:
    return request.url.path.endswith("/import")


def _results(answer: httpx.Response) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in answer.content.splitlines()]


def _press(moment: int) -> dict[str, object]:
    return {"mood": ("very_happy", "happy", "unhappy")[moment % 3]}


@pytest.fixture
def stage(prepared: Path, tmp_path: Path) -> Iterator[Stage]:
    with stage_of(Service.SURVEY_API, prepared, tmp_path) as stage:
        key = create_key(stage.url, "kills", [Scope.SURVEY_MANAGE])
        with stage.client() as client:
            for body in (
                survey(questions=[question("nps", "nps", is_required=True)]),
                survey("buttons", kind="smiley", collection_mode="device", questions=[question("mood", "smiley_4")]),
            ):
                made = client.post("/v1/surveys", json=body, headers={"Authorization": f"Bearer {key}"})
                assert made.status_code == 201, made.text
        yield stage


def test_what_was_acknowledged_is_there_once(stage: Stage) -> None:
    load = Responses(stage, key=create_key(stage.url, "uploads", [Scope.SURVEY_IMPORT]))
    stage.kill_under(load)
    with psycopg.connect(stage.url) as connection:
        row = connection.execute(_RECOUNT).fetchone()
    assert row is not None
    stored, distinct, ids, recounted, counted, responses = row
    lost = set(load.acknowledged) - set(ids)
    sys.stdout.write(
        f"\n{KILLS} kills: {len(load.acknowledged)} acknowledged, {load.failures} failed, {stored} stored, "
        f"{stored - distinct} doubled, {len(lost)} lost\n"
    )
    assert load.failures
    assert not lost
    assert len(load.acknowledged) == len(set(load.acknowledged))
    assert stored == distinct == responses
    assert recounted == counted
