"""survey_api and PostgreSQL are killed under load: what was acknowledged is there once, and counted once.

Kills take turns: the service, a process of the database (which makes PostgreSQL recover from its log), the whole
database. ``KATSAUS_KILLS=21`` kills more often than the three of a usual run, and ``pytest -s`` shows the counts.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from services.cli.keys import create_key
from services.shared.scopes import Scope
from services.shared.tables.access import Service
from tests.journeys.killing import CLIENTS, KILLS, Load, Stage, stage_of
from tests.survey_api.factories import question, survey

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("kills")]

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
    """Half of the clients answer a chat's survey, the others press smileys."""

    def request(self, number: int) -> httpx.Request:
        """An answer or a press, three in four with an id of its sender's."""
        moment = int(time.time() * 1000)
        code, answers = ("buttons", _press(moment)) if number >= CLIENTS // 2 else ("chat", {"nps": moment % 11})
        body = {"answers": answers} | ({} if number % 4 == 3 else {"id": str(uuid4())})
        return httpx.Request("POST", f"{self.stage.base_url}/v1/surveys/{code}/responses", json=body)


def _press(moment: int) -> dict[str, object]:
    return {"mood": ("very_happy", "happy", "unhappy")[moment % 3]}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with stage_of(Service.SURVEY_API, tmp_path) as stage:
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
    load = Responses(stage)
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
