"""Comments that survey_api hands over, while feedback_api is killed and started again."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from services.cli.embedded_postgres import EmbeddedPostgres
from services.cli.home import Home, HomeKeys
from services.cli.keys import ensure_home_keys
from tests.conftest import catalogued_database
from tests.journeys.conftest import environment, free_ports

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

RESPONSES = 200
KILLED_AFTER = (60, 120)
READY_SECONDS = 60.0
DELIVERED_SECONDS = 60.0
DATABASE = "katsaus_handover"

SURVEY = {
    "code": "handover-chat",
    "kind": "chat",
    "names": {"fi": "Kokeilu", "sv": "Försök", "en": "Trial"},
    "unit": "oral-health",
    "collection_mode": "chat",
    "opens_at": "2021-01-01T00:00:00+02:00",
    "questions": [
        {
            "code": "comment",
            "kind": "text",
            "purpose": "comment",
            "labels": {"fi": "Mitä haluat sanoa?", "sv": "Vad vill du säga?", "en": "What would you like to say?"},
        }
    ],
}


class RunningServices:
    """feedback_api and survey_api on one database, each of which can be killed by itself."""

    def __init__(self, url: str, keys: HomeKeys, folder: Path) -> None:
        self.ports = dict(zip(("feedback_api", "survey_api", "reporting_api"), free_ports(3), strict=True))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._folder = folder
        self._environ = environment(folder, list(self.ports.values())) | {
            "DATABASE_URL": url,
            "KATSAUS_SERVICE_KEY": keys.service,
            "KATSAUS_HANDOVER_POLL_SECONDS": "0.05",
            "KATSAUS_HANDOVER_RETRY_MAX_SECONDS": "0.5",
        }

    def start(self, service: str) -> None:
        command = [sys.executable, "-m", "uvicorn", f"services.{service}.main:app", "--port", str(self.ports[service])]
        with (self._folder / f"{service}.log").open("ab") as log:
            self._processes[service] = subprocess.Popen(command, env=self._environ, stdout=log, stderr=log)

    def wait_until_ready(self, service: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url(service)}/health/ready", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        pytest.fail((self._folder / f"{service}.log").read_text()[-2000:])

    def kill(self, service: str) -> None:
        self._processes[service].kill()
        self._processes[service].wait()

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    def stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
            process.wait(30)


@pytest.fixture
def url(postgres: EmbeddedPostgres) -> str:
    return catalogued_database(postgres, DATABASE)


@pytest.fixture
def keys(url: str, tmp_path: Path) -> HomeKeys:
    home = Home(tmp_path)
    home.make()
    return ensure_home_keys(home, url)


@pytest.fixture
def services(url: str, keys: HomeKeys, tmp_path: Path) -> Iterator[RunningServices]:
    services = RunningServices(url, keys, tmp_path)
    for service in ("feedback_api", "survey_api"):
        services.start(service)
    for service in ("feedback_api", "survey_api"):
        services.wait_until_ready(service)
    yield services
    services.stop()


def wait_until_delivered(url: str) -> None:
    deadline = time.monotonic() + DELIVERED_SECONDS
    with psycopg.connect(url, autocommit=True) as connection:
        while True:
            row = connection.execute("SELECT count(*) FROM comment_handover WHERE delivered_at IS NULL").fetchone()
            if row == (0,):
                return
            assert time.monotonic() < deadline, f"{row} comments were not handed over"
            time.sleep(0.1)


def test_every_comment_becomes_one_feedback_though_feedback_api_is_killed(
    services: RunningServices, url: str, keys: HomeKeys
) -> None:
    with httpx.Client(base_url=services.url("survey_api"), trust_env=False, timeout=30) as residents:
        made = residents.post("/v1/surveys", json=SURVEY, headers={"Authorization": f"Bearer {keys.operator}"})
        assert made.status_code == 201, made.text
        for number in range(RESPONSES):
            given = residents.post(
                "/v1/surveys/handover-chat/responses",
                json={"answers": {"comment": f"Palaute numero {number}."}, "please_handle": True},
            )
            assert given.status_code == 201, given.text
            if number in KILLED_AFTER:
                services.kill("feedback_api")
                services.start("feedback_api")
    services.wait_until_ready("feedback_api")
    wait_until_delivered(url)
    with psycopg.connect(url) as connection:
        bodies = [row[0] for row in connection.execute("SELECT body FROM feedback_content").fetchall()]
        units = connection.execute("SELECT DISTINCT unit_code FROM feedback").fetchall()
    assert len(bodies) == RESPONSES
    assert {f"Palaute numero {number}." for number in range(RESPONSES)} == set(bodies)
    assert units == [("oral-health",)]
