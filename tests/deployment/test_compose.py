"""compose.yaml says what it must, and its commands do what it says, run outside a container."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from fastapi import FastAPI

from services.cli.embedded_postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
SERVICES = {"feedback_api": 8001, "survey_api": 8002, "reporting_api": 8003}
OURS = ("migrate", *SERVICES)
SECRETS = {"POSTGRES_PASSWORD": "p@ss/word", "KATSAUS_SERVICE_KEY": f"katsaus_{'0a' * 5}_{'1b' * 32}"}
READY_WITHIN_SECONDS = 60.0

_VARIABLE = re.compile(r"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}")


def interpolated(node: Any, values: Mapping[str, str]) -> Any:
    """What compose makes of ``${NAME}``, ``${NAME:-default}`` and ``${NAME:?message}`` in what it has parsed."""
    if isinstance(node, dict):
        return {name: interpolated(value, values) for name, value in node.items()}
    if isinstance(node, list):
        return [interpolated(value, values) for value in node]
    if not isinstance(node, str):
        return node

    def replace(match: re.Match[str]) -> str:
        name, operator, more = match.groups()
        if values.get(name):
            return values[name]
        if operator == ":-":
            return str(more)
        raise KeyError(f"{name}: {more}")

    return _VARIABLE.sub(replace, node)


def compose(values: Mapping[str, str] = SECRETS) -> dict[str, Any]:
    document: dict[str, Any] = interpolated(yaml.safe_load((ROOT / "compose.yaml").read_text()), values)
    return document


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = compose()["services"][name]
    return found


def option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


class TestStructure:
    @pytest.mark.parametrize("missing", SECRETS)
    def test_has_no_secret_of_its_own(self, missing: str) -> None:
        with pytest.raises(KeyError, match=r"set it in \.env"):
            compose({name: value for name, value in SECRETS.items() if name != missing})

    def test_the_database_keeps_its_data_and_is_waited_for(self) -> None:
        postgres = service("postgres")
        assert postgres["image"] == "postgres:18"
        assert postgres["volumes"] == ["postgres-data:/var/lib/postgresql"]
        assert "postgres-data" in compose()["volumes"]
        assert "pg_isready" in postgres["healthcheck"]["test"]
        assert "ports" not in postgres
        assert "log_error_verbosity=terse" in postgres["command"]
        for name in OURS:
            assert service(name)["depends_on"]["postgres"] == {"condition": "service_healthy"}

    def test_the_schema_is_migrated_once_before_the_services_start(self) -> None:
        assert service("migrate")["restart"] == "no"
        for name in SERVICES:
            assert service(name)["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}

    def test_everything_of_ours_is_one_image_without_rights_and_with_one_environment(self) -> None:
        for name in OURS:
            assert service(name)["image"] == service("migrate")["image"]
            assert service(name)["build"] == "."
            assert service(name)["environment"].items() >= service("migrate")["environment"].items()
            assert service(name)["cap_drop"] == ["ALL"]
            assert service(name)["read_only"]

    def test_no_log_can_fill_the_disk(self) -> None:
        for name in ("postgres", *OURS):
            assert set(service(name)["logging"]["options"]) == {"max-size", "max-file"}, name

    def test_attachments_have_a_volume_that_also_holds_what_is_on_its_way(self) -> None:
        found = service("feedback_api")
        (volume,) = found["volumes"]
        name, folder = volume.split(":")
        assert name in compose()["volumes"]
        assert found["environment"]["KATSAUS_ATTACHMENTS_URL"].startswith(f"file://{folder}/")
        assert found["environment"]["TMPDIR"].startswith(f"{folder}/")

    @pytest.mark.parametrize(("name", "port"), SERVICES.items())
    def test_each_service_listens_publishes_and_is_probed_on_its_own_port(self, name: str, port: int) -> None:
        found = service(name)
        assert option(found["command"], "--port") == str(port)
        assert option(found["command"], "--host") == found["environment"]["KATSAUS_HOST"]
        assert found["ports"] == [f"127.0.0.1:{port}:{port}"]
        assert found["healthcheck"]["test"][:3] == ["CMD", "python", "-c"]
        assert f'"127.0.0.1", {port}' in found["healthcheck"]["test"][3]
        assert "/health/ready" in found["healthcheck"]["test"][3]
        assert found["restart"] == "unless-stopped"

    def test_the_services_find_each_other_by_name(self) -> None:
        environment = service("reporting_api")["environment"]
        for name, variable in (("feedback_api", "KATSAUS_FEEDBACK_URL"), ("survey_api", "KATSAUS_SURVEY_URL")):
            assert environment[variable] == f"http://{name}:{SERVICES[name]}"


class TestCommands:
    @pytest.mark.parametrize("name", SERVICES)
    def test_each_service_runs_an_app_of_ours(self, name: str) -> None:
        program, _, serving, target, *_ = service(name)["command"]
        assert find_spec(serving)
        module, _, attribute = target.partition(":")
        assert shutil.which(program, path=str(Path(sys.executable).parent))
        assert isinstance(getattr(import_module(module), attribute), FastAPI)

    def test_they_bring_an_empty_database_to_a_ready_service(self, postgres: EmbeddedPostgres) -> None:
        postgres.ensure_database("katsaus_compose")
        environment = environment_of("migrate", postgres.url("katsaus_compose"))
        for _ in ("the first start", "every later one"):
            done = finished(service("migrate")["command"], environment)
            assert done.returncode == 0, done.stderr
        assert "registered already" in done.stdout

        with running("feedback_api", environment) as probe:
            wait_until_healthy(probe, environment)

        with psycopg.connect(postgres.url("katsaus_compose")) as connection:
            keys = connection.execute("SELECT name, scopes FROM api_key").fetchall()
        assert keys == [("services-0a0a0a0a0a", ["service"])]

        assert finished(["katsaus", "key", "revoke", "services-0a0a0a0a0a"], environment).returncode == 0
        again = finished(["katsaus", "key", "register"], environment)
        assert again.returncode == 1
        assert "KATSAUS_SERVICE_KEY is revoked" in again.stderr

    def test_a_service_key_that_could_be_guessed_is_refused(self, database_url: str) -> None:
        environment = environment_of("migrate", database_url)
        environment["KATSAUS_SERVICE_KEY"] = "katsaus_secret_secret"
        done = finished(["katsaus", "key", "register"], environment)
        assert done.returncode == 1
        assert "KATSAUS_SERVICE_KEY is not a key" in done.stderr
        assert "secret_secret" not in done.stderr


class TestDockerfile:
    def test_runs_as_nobody_in_particular_from_locked_packages(self) -> None:
        text = (ROOT / "Dockerfile").read_text()
        last_stage = text.rpartition("FROM ")[2]
        assert re.search(r"^USER \d+$", last_stage, re.MULTILINE)
        assert re.search(r'^CMD \["katsaus"', last_stage, re.MULTILINE)
        assert text.count("--require-hashes") == 2
        assert "://" not in text

    def test_what_it_copies_is_there_and_not_ignored(self) -> None:
        kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
        copied = {
            word
            for line in re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
            for word in line.split()
        }
        assert copied == kept
        assert all((ROOT / name).exists() for name in copied)


def environment_of(name: str, database_url: str) -> dict[str, str]:
    """The service's environment on this machine's database, with our commands first on the path."""
    search_path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**service(name)["environment"], "DATABASE_URL": database_url, "PATH": search_path}


def finished(command: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@contextmanager
def running(name: str, environment: Mapping[str, str]) -> Iterator[list[str]]:
    """The service run by its command on a free port; gives its health check's command for that port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    fixed = str(SERVICES[name])
    command = [port if word == fixed else word for word in service(name)["command"]]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield [word.replace(fixed, port) for word in service(name)["healthcheck"]["test"][1:]]
    finally:
        process.terminate()
        # Uvicorn shuts down in order, and then ends by the signal it got.
        assert process.wait(READY_WITHIN_SECONDS) in (0, -signal.SIGTERM)


def wait_until_healthy(probe: list[str], environment: Mapping[str, str]) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while finished(probe, environment).returncode != 0:
        assert time.monotonic() < deadline, "never became healthy"
        time.sleep(0.2)
