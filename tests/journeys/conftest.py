"""The real thing, started as an operator starts it: once for all journeys."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx
import pytest

from services.cli.home import Home
from tests.databases import copy_of

START_SECONDS = 180.0
STOP_SECONDS = 40.0
_POLL_SECONDS = 0.05
PORT_SETTINGS = ("KATSAUS_FEEDBACK_PORT", "KATSAUS_SURVEY_PORT", "KATSAUS_REPORTING_PORT")


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    for probe in sockets:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in sockets]
    for probe in sockets:
        probe.close()
    return ports


def environment(home: Path, ports: list[int]) -> dict[str, str]:
    """This process's environment, with a home and ports and nothing else of Katsaus."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KATSAUS_")}
    kept.pop("DATABASE_URL", None)
    return kept | {"KATSAUS_HOME": str(home)} | dict(zip(PORT_SETTINGS, map(str, ports), strict=True))


def katsaus(*arguments: str, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "services.cli", *arguments],
        env=dict(environ),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


@dataclass
class Up:
    """One ``katsaus up`` on a home."""

    home: Path
    ports: list[int] = field(default_factory=lambda: free_ports(3))
    process: subprocess.Popen[bytes] | None = None

    @property
    def environ(self) -> dict[str, str]:
        """What the command runs with."""
        return environment(self.home, self.ports)

    @property
    def output(self) -> str:
        """Everything it has printed since it was last started."""
        return (self.home.parent / "up.log").read_text()

    @property
    def key(self) -> str:
        """The operator's key."""
        return str(json.loads((self.home / "keys.json").read_text())["operator"])

    def client(self, service: int, *, key: str | None = None) -> httpx.Client:
        """A client of feedback_api (0), survey_api (1) or reporting_api (2)."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.ports[service]}", headers=headers, timeout=60, trust_env=False
        )

    def get(self, path: str, **params: str) -> Any:
        """reporting_api's JSON, asked with the operator's key."""
        with self.client(2, key=self.key) as client:
            response = client.get(path, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    def begin_with(self, prepared: Path) -> None:
        """Spare the first start making the database: what it makes is looked at elsewhere."""
        copy_of(prepared, Home(self.home).postgres)

    def start(self, *arguments: str) -> float:
        """Start it and wait until it says that it is ready; the seconds that took."""
        began = time.monotonic()
        log: IO[bytes]
        with (self.home.parent / "up.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.cli", "up", *arguments],
                env=self.environ,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        while "Stop with Ctrl-C" not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() - began < START_SECONDS, self.output
            time.sleep(_POLL_SECONDS)
        return time.monotonic() - began

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Stop it; its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(by)
        return self.process.wait(STOP_SECONDS)

    def service_pid(self, name: str) -> int:
        """The process of a service that runs for it."""
        port = self.ports[("feedback_api", "survey_api", "reporting_api").index(name)]
        (pid,) = processes_with(f"services.{name}.main:app", str(port))
        return pid

    def remaining(self) -> list[int]:
        """Every process that runs for it: services by their ports, the database by its folder."""
        services = [pid for port in self.ports for pid in processes_with("services.shared.serve", str(port))]
        return services + processes_with("postgres", str(self.home))


def processes_with(*words: str) -> list[int]:
    """Ids of the processes whose command line holds all the words."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if all(word in command for word in words):
            found.append(int(folder.name))
    return found


@pytest.fixture(scope="session")
def katsaus_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Everything running with the demonstration quarters, on a home with a space in its path."""
    up = Up(tmp_path_factory.mktemp("journeys") / "a home")
    up.start("--demo")
    yield up
    up.stop()
