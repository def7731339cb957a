"""feedback_api and PostgreSQL are killed under load: what was acknowledged is there once, whole.

Half of the clients bear an Idempotency-Key. Half of those, and half of the others, repeat what failed: without a key
only the fingerprint can tell. ``KATSAUS_KILLS=21`` kills more often than the three of a usual run, and ``pytest -s``
shows the counts.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from services.shared.tables.access import Service
from tests.journeys.killing import KILLS, Load, Stage, stage_of, unheard_of

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("kills")]

_ITEMS = """
    SELECT feedback.id::text, body, hold, event_count,
        (SELECT array_agg(kind ORDER BY sequence) FROM feedback_event WHERE feedback_id = feedback.id),
        (SELECT count(*) FROM feedback_deadline WHERE feedback_id = feedback.id),
        (SELECT count(*) FROM feedback_theme WHERE feedback_id = feedback.id)
    FROM feedback LEFT JOIN feedback_content ON feedback_id = feedback.id
"""


@dataclass
class Submissions(Load):
    """Sends texts that are all different, save where one is repeated; remembers under which id each was taken."""

    texts: dict[str, str] = field(default_factory=dict)
    keyed: set[str] = field(default_factory=set)

    def request(self, number: int) -> httpx.Request:
        """A piece of feedback, from half of the clients with an Idempotency-Key."""
        text = f"Rokotuksen jono oli pitkä, {unheard_of()}"
        headers = {"Idempotency-Key": str(uuid4())} if number % 4 < 2 else {}
        if headers:
            self.keyed.add(text)
        body = {"text": text, "topic": "vaccination_booking", "reply_wanted": True}
        return httpx.Request("POST", f"{self.stage.base_url}/v1/feedback", json=body, headers=headers)

    def acknowledge(self, request: httpx.Request, answer: httpx.Response) -> None:
        """Remember the text as well."""
        super().acknowledge(request, answer)
        self.texts[answer.json()["id"]] = json.loads(request.content)["text"]


@pytest.fixture
def stage(prepared: Path, tmp_path: Path) -> Iterator[Stage]:
    with stage_of(Service.FEEDBACK_API, prepared, tmp_path) as stage:
        yield stage


def test_what_was_acknowledged_is_there_once_and_whole(stage: Stage) -> None:
    load = Submissions(stage)
    stage.kill_under(load)
    with psycopg.connect(stage.url) as connection:
        items = connection.execute(_ITEMS).fetchall()
    texts = {item: text for item, text, *_ in items}
    lost = [item for item in load.acknowledged if texts.get(item) != load.texts[item]]
    # Who repeats without a key may be stored again, and is then kept apart as a double.
    doubled = {
        text: times
        for text, times in Counter(text for _, text, hold, *_ in items if hold is None or text in load.keyed).items()
        if times > 1
    }
    sys.stdout.write(
        f"\n{KILLS} kills: {len(load.acknowledged)} acknowledged, {load.failures} failed, {len(items)} stored, "
        f"{len(doubled)} doubled, {len(lost)} lost\n"
    )
    assert load.failures
    assert not lost
    assert not doubled
    assert len(load.acknowledged) == len(set(load.acknowledged))
    for _, text, hold, event_count, kinds, deadlines, themes in items:
        assert text is not None
        assert kinds == (["received"] if hold is None else ["received", "held"])
        assert event_count == len(kinds)
        assert (deadlines == 0) == (hold is not None)
        assert themes == 1
