"""Killing a service and PostgreSQL in turns while clients keep sending."""

import os
import signal
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from services.cli.database import DATABASE_NAME
from services.cli.embedded_postgres import EmbeddedPostgres
from services.shared.tables.access import Service
from tests.databases import copy_of
from tests.journeys.conftest import free_ports

KILLS = int(os.environ.get("KATSAUS_KILLS", "3"))
CLIENTS = 8
WAIT_SECONDS = 90.0
ANSWERS_BETWEEN_KILLS = 50

ENVIRONMENT = {"KATSAUS_SUBMISSION_RATE_LIMIT": "", "KATSAUS_FORM_SECRET": "the same for all processes"}
"""All clients send from one address, to a service that is another process after each kill."""


def unheard_of() -> str:
    """A word that nobody has sent yet, in letters only: digits might be masked."""
    return uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))


@dataclass
class Load(ABC):
    """Clients that keep sending; remembers which ids were acknowledged, and how many requests were, and were not."""

    stage: "Stage"
    acknowledged: list[str] = field(default_factory=list)
    answers: int = 0
    failures: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self, number: int) -> None:
        """One request of client ``number`` after another; half of the clients repeat what failed."""
        repeats = number % 2 == 0
        with self.stage.client() as client:
            while not self.stopping.is_set():
                request = self.request(number)
                while not self._is_acknowledged(client, request) and repeats:
                    pass

    @abstractmethod
    def request(self, number: int) -> httpx.Request:
        """What client ``number`` sends next."""

    def _is_acknowledged(self, client: httpx.Client, request: httpx.Request) -> bool:
        try:
            answer = client.send(request)
        except httpx.TransportError:
            answer = None
        if answer is not None and self.is_taken(answer):
            self.acknowledge(request, answer)
            self.answers += 1
            return True
        assert answer is None or answer.is_success or answer.status_code >= 500, answer.text
        self.failures += 1
        self.stopping.wait(0.05)
        return False

    def is_taken(self, answer: httpx.Response) -> bool:
        """Whether the answer acknowledges what was sent."""
        return answer.is_success

    def acknowledge(self, request: httpx.Request, answer: httpx.Response) -> None:
        """Remember what was acknowledged."""
        self.acknowledged.append(answer.json()["id"])


@dataclass
class Stage:
    """A durable PostgreSQL and one service on it."""

    server: EmbeddedPostgres
    service: Service
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The database's address, which changes when the server starts anew."""
        return self.server.url(DATABASE_NAME)

    @property
    def base_url(self) -> str:
        """Where the service answers."""
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> httpx.Client:
        """A client of the service."""
        return httpx.Client(base_url=self.base_url, timeout=30, trust_env=False)

    def start_service(self) -> None:
        """Start the service and wait until it is ready."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("KATSAUS_")}
        command = ["-m", "uvicorn", f"services.{self.service}.main:app", "--no-access-log", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                env=environ | ENVIRONMENT | {"DATABASE_URL": self.url},
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
                if httpx.get(f"{self.base_url}/health/ready", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        pytest.fail(self.log.read_text(errors="replace")[-2000:])

    def stop_service(self) -> None:
        """Kill the service."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def kill_service(self) -> None:
        """Kill the service and start it again."""
        self.stop_service()
        self.start_service()

    def kill_backend(self) -> None:
        """Kill the process that serves the service: PostgreSQL ends all others and recovers from its log."""
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = %s ORDER BY query_start DESC",
                [f"katsaus {self.service}"],
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

    def kill_under(self, load: Load) -> None:
        """Kill in turns, each time after the load's clients had :data:`ANSWERS_BETWEEN_KILLS` more answers."""
        threads = [threading.Thread(target=load.run, args=[number]) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            kills = [self.kill_service, self.kill_backend, self.kill_server]
            for number in range(KILLS):
                _await_answers(load)
                kills[number % len(kills)]()
            _await_answers(load)
        finally:
            load.stopping.set()
            for thread in threads:
                thread.join(WAIT_SECONDS)


@contextmanager
def stage_of(service: Service, prepared: Path, folder: Path) -> Iterator[Stage]:
    """The stage with the catalogue loaded; everything is stopped when the block ends."""
    with ExitStack() as stack:
        server = EmbeddedPostgres(copy_of(prepared, folder / "postgres"))
        stack.callback(server.stop)
        server.start()
        stage = Stage(server, service, free_ports(1)[0], folder / "service.log")
        stage.start_service()
        stack.callback(stage.stop_service)
        yield stage


def _await_answers(load: Load) -> None:
    wanted = load.answers + ANSWERS_BETWEEN_KILLS
    deadline = time.monotonic() + WAIT_SECONDS
    while load.answers < wanted:
        assert time.monotonic() < deadline, "no answers"
        time.sleep(0.01)
