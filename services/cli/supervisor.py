"""The three services as child processes: started together, watched, and stopped together."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from services.cli.child_process import ending_with_parent
from services.cli.failure import CommandError
from services.shared.settings import Settings

READY_TIMEOUT_SECONDS = 60.0
"""A cold start on a slow machine compiles every module; beyond a minute something is wrong."""

STOP_TIMEOUT_SECONDS = 15.0
"""Requests under way may finish; an import commits batch by batch and is safe to cut."""

GRACEFUL_SECONDS = 10
_POLL_SECONDS = 0.05
_PROBE_TIMEOUT_SECONDS = 2.0
_LOG_LINES_SHOWN = 8
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 (compared, not bound)

# Straight to the service: a proxy of the environment knows nothing of this machine's own ports.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """Where one service listens."""

    name: str
    port: int
    port_setting: str
    base_url: str
    """Where people and programs reach it."""
    probe_url: str
    """Where this machine reaches it, whatever stands in front of it."""

    @property
    def app(self) -> str:
        """The path of the app object, as Uvicorn takes it."""
        return f"services.{self.name}.main:app"


def service_addresses(settings: Settings) -> list[ServiceAddress]:
    """The three services, in the order they are started."""
    host = _ANY_ADDRESS.get(settings.host, settings.host)

    def address(name: str, port: int, port_setting: str, base_url: str) -> ServiceAddress:
        return ServiceAddress(name, port, port_setting, base_url, f"http://{host}:{port}")

    return [
        address("feedback_api", settings.feedback_port, "KATSAUS_FEEDBACK_PORT", settings.feedback_base_url),
        address("survey_api", settings.survey_port, "KATSAUS_SURVEY_PORT", settings.survey_base_url),
        address("reporting_api", settings.reporting_port, "KATSAUS_REPORTING_PORT", settings.reporting_base_url),
    ]


def check_ports_free(host: str, addresses: Sequence[ServiceAddress]) -> None:
    """Raise a :class:`CommandError` naming the setting to change where a port is taken (also by another service)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with ExitStack() as held:
        for address in addresses:
            probe = held.enter_context(socket.socket(family, socket.SOCK_STREAM))
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, address.port))
                probe.listen()
            except OSError as error:
                raise CommandError(
                    f"Port {address.port} of {address.name} cannot be used on {host} ({error.strerror}); stop what "
                    f"uses it, or set {address.port_setting} to a free port."
                ) from error


class Supervisor:
    """Starts the services, says when all are ready, and notices when one dies."""

    def __init__(self, host: str, addresses: Sequence[ServiceAddress], logs: Path, *, workers: int = 1) -> None:
        self._host = host
        self._workers = workers
        self._addresses = addresses
        self._logs = logs
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._environment: dict[str, str] = {}

    def start(self, environment: Mapping[str, str]) -> None:
        """Start all services with ``environment`` added to this process's own; does nothing where they run with it."""
        if self._processes and environment == self._environment:
            return
        self.stop()
        self._environment = dict(environment)
        for address in self._addresses:
            with self.log_path(address.name).open("ab") as log:
                self._processes[address.name] = subprocess.Popen(
                    self._command(address),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, **environment},
                    start_new_session=True,  # Ctrl-C is for us: we stop the services in order
                    preexec_fn=ending_with_parent(signal.SIGTERM),  # noqa: PLW1509 (no threads run yet)
                )

    def _command(self, address: ServiceAddress) -> list[str]:
        options = {
            "--host": self._host,
            "--port": str(address.port),
            "--timeout-graceful-shutdown": str(GRACEFUL_SECONDS),
        }
        if self._workers > 1:
            options["--workers"] = str(self._workers)
        words = [word for option in options.items() for word in option]
        return [
            sys.executable,
            "-m",
            "services.shared.serve",
            address.app,
            "--no-access-log",
            "--no-proxy-headers",
            *words,
        ]

    def log_path(self, name: str) -> Path:
        """The log of the service."""
        return self._logs / f"{name}.log"

    def wait_until_ready(self, watch: Callable[[], None]) -> None:
        """Return when every service is ready; ``watch`` raises when a part dies, this when one is too late."""
        deadline = time.monotonic() + READY_TIMEOUT_SECONDS
        waiting = list(self._addresses)
        while waiting:
            watch()
            waiting = [address for address in waiting if not _is_ready(address)]
            if waiting and time.monotonic() > deadline:
                raise CommandError(
                    f"{waiting[0].name} is not ready after {READY_TIMEOUT_SECONDS:.0f} seconds; "
                    f"its log {self.log_path(waiting[0].name)} ends:\n{self._log_end(waiting[0].name)}"
                )
            time.sleep(_POLL_SECONDS)

    def check_alive(self) -> None:
        """Raise a :class:`CommandError` with the end of its log where a service has died."""
        for name, process in self._processes.items():
            code = process.poll()
            if code is not None:
                raise CommandError(
                    f"{name} has died (exit code {code}), so everything is stopped; "
                    f"its log {self.log_path(name)} ends:\n{self._log_end(name)}"
                )

    def stop(self) -> None:
        """Stop all services: they finish what they are doing, within bounds."""
        for process in self._processes.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
        for process in self._processes.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    def _log_end(self, name: str) -> str:
        lines = self.log_path(name).read_text(errors="replace").strip().splitlines()
        return "\n".join(f"    {line}" for line in lines[-_LOG_LINES_SHOWN:]) or "    (it is empty)"


def _is_ready(address: ServiceAddress) -> bool:
    try:
        with _OPENER.open(f"{address.probe_url}/health/ready", timeout=_PROBE_TIMEOUT_SECONDS) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False
