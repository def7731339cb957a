"""``katsaus up`` itself: started again, refused, and brought down in every way."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import STOP_SECONDS, Up, environment, free_ports, katsaus, processes_with

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    """A home of its own, not started."""
    up = Up(tmp_path / "own home")
    yield up
    if up.process is not None:
        up.stop()


def wait_until_none_remain(up: Up) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while up.remaining():
        assert time.monotonic() < deadline, up.remaining()
        time.sleep(0.05)


class TestStop:
    def test_sigterm_leaves_nothing_running_and_a_second_start_keeps_everything(self, up: Up) -> None:
        up.start()
        key = up.key
        assert len(up.remaining()) >= 4
        assert up.stop(signal.SIGTERM) == 0
        assert up.remaining() == []
        up.start()
        assert up.key == key
        assert all(up.service_pid(name) for name in ("feedback_api", "survey_api", "reporting_api"))
        assert up.stop(signal.SIGINT) == 0
        assert up.remaining() == []

    def test_killed_outright_it_takes_everything_with_it(self, up: Up) -> None:
        up.start()
        assert up.process is not None
        up.process.kill()
        up.process.wait()
        wait_until_none_remain(up)
        up.start()
        assert up.stop() == 0


class TestDeaths:
    @pytest.mark.parametrize("service", ["feedback_api", "reporting_api"])
    def test_dying_service_brings_all_down_with_a_reason(self, up: Up, prepared: Path, service: str) -> None:
        up.begin_with(prepared)
        up.start()
        os.kill(up.service_pid(service), signal.SIGKILL)
        assert up.process is not None
        assert up.process.wait(STOP_SECONDS) == 1
        assert f"{service} has died" in up.output
        assert "Traceback" not in up.output
        assert up.remaining() == []

    def test_dying_database_brings_all_down_with_a_reason(self, up: Up, prepared: Path) -> None:
        up.begin_with(prepared)
        up.start()
        (postmaster,) = processes_with("bin/postgres", str(up.home))
        os.kill(postmaster, signal.SIGKILL)
        assert up.process is not None
        assert up.process.wait(STOP_SECONDS) == 1
        assert "The database has died" in up.output
        wait_until_none_remain(up)


class TestRefusals:
    def test_second_instance_on_the_same_home(self, katsaus_up: Up) -> None:
        second = katsaus("up", environ=environment(katsaus_up.home, free_ports(3)))
        assert katsaus_up.process is not None
        assert second.returncode == 1
        assert f"already running on {katsaus_up.home} (process {katsaus_up.process.pid})" in second.stderr

    def test_port_in_use_names_the_setting(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            refused = katsaus("up", environ=environment(tmp_path, [*free_ports(1), port, *free_ports(1)]))
        assert refused.returncode == 1
        assert f"Port {port} of survey_api" in refused.stderr
        assert "KATSAUS_SURVEY_PORT" in refused.stderr
        assert not (tmp_path / "postgres").exists()

    def test_two_services_on_one_port(self, tmp_path: Path) -> None:
        (port,) = free_ports(1)
        refused = katsaus("up", environ=environment(tmp_path, [port, port, port]))
        assert refused.returncode == 1
        assert "KATSAUS_SURVEY_PORT" in refused.stderr

    def test_database_that_does_not_answer(self, tmp_path: Path) -> None:
        environ = environment(tmp_path, free_ports(3)) | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
        refused = katsaus("up", environ=environ)
        assert refused.returncode == 1
        assert "does not answer" in refused.stderr
        assert "Traceback" not in refused.stderr

    def test_damaged_database_folder(self, tmp_path: Path) -> None:
        (tmp_path / "postgres").mkdir()
        (tmp_path / "postgres" / "something").write_text("not a database")
        refused = katsaus("up", environ=environment(tmp_path, free_ports(3)))
        assert refused.returncode == 1
        assert str(tmp_path / "postgres") in refused.stderr
        assert "Traceback" not in refused.stderr


class TestHelp:
    def test_lists_every_command(self, tmp_path: Path) -> None:
        helped = katsaus("--help", environ=environment(tmp_path, free_ports(3)))
        assert helped.returncode == 0
        for command in ("up", "migrate", "catalogue", "demo", "key", "load", "openapi"):
            assert f" {command} " in helped.stdout

    def test_make_lists_every_target(self) -> None:
        checkout = Path(__file__).resolve().parents[2]
        listed = subprocess.run(["make"], cwd=checkout, capture_output=True, text=True, check=True).stdout
        for target in ("run", "test", "check", "openapi", "lock", "bench", "clean"):
            assert f"make {target} " in listed
