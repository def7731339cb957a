"""survey_api and PostgreSQL are killed under load: what was acknowledged is there once, and counted once.

Kills take turns: the service, a process of the database (which makes PostgreSQL recover from its log), the whole
database. ``KATSAUS_KILLS=21`` kills more often than the three of a usual run, and ``pytest -s`` shows the counts.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from services.cli.catalogue.loader import load_catalogue
from services.cli.embedded_postgres import EmbeddedPostgres
from services.cli.keys import create_key
from services.cli.migrations import migrate
from services.shared.scopes import Scope
from tests.journeys.conftest import free_ports
from tests.survey_api.factories import question, survey

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("kills")]

KILLS = int(os.environ.get("KATSAUS_KILLS", "3"))
CLIENTS = 8
WAIT_SECONDS = 90.0
ANSWERS_BETWEEN_KILLS = 50
DATABASE = "katsaus_kills"

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
class Clients:
    """Keeps answering a chat's survey and pressing smileys; remembers which responses were acknowledged."""

    port: int
    acknowledged: list[str] = field(default_factory=list)
    failures: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self, number: int) -> None:
        """One client after another request; every other client repeats what failed until it is acknowledged."""
        repeats = number % 2 == 0
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30, trust_env=False) as client:
            while not self.stopping.is_set():
                survey, body = ("buttons", _press(number)) if number >= CLIENTS // 2 else ("chat", _answer(number))
                while not self._post(client, survey, body) and repeats:
                    pass

    def _post(self, client: httpx.Client, survey: str, body: dict[str, object]) -> bool:
        try:
            answer = client.post(f"/v1/surveys/{survey}/responses", json=body)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == 201:
            self.acknowledged.append(answer.json()["id"])
            return True
        assert answer is None or answer.status_code >= 500, answer.text
        self.failures += 1
        self.stopping.wait(0.05)
        return False


def _answer(number: int) -> dict[str, object]:
    return _with_id(number, {"answers": {"nps": int(time.time() * 1000) % 11}})


def _press(number: int) -> dict[str, object]:
    return _with_id(number, {"answers": {"mood": ("very_happy", "happy", "unhappy")[int(time.time() * 1000) % 3]}})


def _with_id(number: int, body: dict[str, object]) -> dict[str, object]:
    return body if number % 4 == 3 else body | {"id": str(uuid4())}


@dataclass
class Stage:
    """A durable PostgreSQL and one survey_api on it."""

    server: EmbeddedPostgres
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start_service(self) -> None:
        """Start survey_api and wait until it is ready."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("KATSAUS_")}
        command = ["-m", "uvicorn", "services.survey_api.main:app", "--no-access-log", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                env=environ | {"DATABASE_URL": self.server.url(DATABASE)},
                stdout=log,
                stderr=log,
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Return when the service answers and reaches the database."""
        assert self.process is not None
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/health/ready", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        pytest.fail(self.log.read_text(errors="replace")[-2000:])

    def stop_service(self) -> None:
        """Kill survey_api."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def kill_service(self) -> None:
        """Kill survey_api and start it again."""
        self.stop_service()
        self.start_service()

    def kill_backend(self) -> None:
        """Kill the process that serves survey_api: PostgreSQL ends all others and recovers from its log."""
        with psycopg.connect(self.server.url(DATABASE)) as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'katsaus survey_api'"
                " ORDER BY query_start DESC"
            ).fetchall()
        os.kill(rows[0][0], signal.SIGKILL)
        self.wait_until_ready()

    def kill_server(self) -> None:
        """Kill the whole database; it comes back at another address, so the service is killed with it."""
        assert self.server.pid is not None
        os.kill(self.server.pid, signal.SIGKILL)
        self.stop_service()
        self.server.stop()
        self.server.start()
        self.start_service()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with ExitStack() as stack:
        server = EmbeddedPostgres(tmp_path / "postgres")
        stack.callback(server.stop)
        server.start()
        server.ensure_database(DATABASE)
        url = server.url(DATABASE)
        migrate(url)
        load_catalogue(url)
        stage = Stage(server, free_ports(1)[0], tmp_path / "survey_api.log")
        stage.start_service()
        stack.callback(stage.stop_service)
        key = create_key(url, "kills", [Scope.SURVEY_MANAGE])
        for body in (
            survey(questions=[question("nps", "nps", is_required=True)]),
            survey("buttons", kind="smiley", collection_mode="device", questions=[question("mood", "smiley_4")]),
        ):
            made = httpx.post(
                f"http://127.0.0.1:{stage.port}/v1/surveys",
                json=body,
                headers={"Authorization": f"Bearer {key}"},
                trust_env=False,
            )
            assert made.status_code == 201, made.text
        yield stage


def test_what_was_acknowledged_is_there_once(stage: Stage) -> None:
    clients = Clients(stage.port)
    threads = [threading.Thread(target=clients.run, args=[number]) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        kills = [stage.kill_service, stage.kill_backend, stage.kill_server]
        for number in range(KILLS):
            _await_answers(clients)
            kills[number % len(kills)]()
        _await_answers(clients)
    finally:
        clients.stopping.set()
        for thread in threads:
            thread.join(WAIT_SECONDS)
    with psycopg.connect(stage.server.url(DATABASE)) as connection:
        row = connection.execute(_RECOUNT).fetchone()
    assert row is not None
    stored, distinct, ids, recounted, counted, responses = row
    lost = set(clients.acknowledged) - set(ids)
    sys.stdout.write(
        f"\n{KILLS} kills: {len(clients.acknowledged)} acknowledged, {clients.failures} failed, {stored} stored, "
        f"{stored - distinct} doubled, {len(lost)} lost\n"
    )
    assert clients.failures
    assert not lost
    assert len(clients.acknowledged) == len(set(clients.acknowledged))
    assert stored == distinct == responses
    assert recounted == counted


def _await_answers(clients: Clients) -> None:
    wanted = len(clients.acknowledged) + ANSWERS_BETWEEN_KILLS
    deadline = time.monotonic() + WAIT_SECONDS
    while len(clients.acknowledged) < wanted:
        assert time.monotonic() < deadline, "no answers"
        time.sleep(0.01)
