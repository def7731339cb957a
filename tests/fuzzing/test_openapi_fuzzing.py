"""Requests made from the OpenAPI documents, right and wrong ones, against the services as an operator starts them.

`make fuzz EXAMPLES=40 SEED=1` makes many more of them than this does by default.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import Up

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("fuzzing")]

ROOT = Path(__file__).parents[2]
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
SERVICES = ("feedback_api", "survey_api", "reporting_api")

SEED = int(os.environ.get("KATSAUS_FUZZ_SEED", "20260730"))
FEW = 5
"""Random requests to each operation, besides those made from examples, while every change waits for them."""

EXAMPLES = int(os.environ.get("KATSAUS_FUZZ_EXAMPLES", FEW))
"""With more than a few, the services have the demonstration quarters too, and every bound is tried."""

PHASES = "examples,coverage,fuzzing" if EXAMPLES > FEW else "examples,fuzzing"

RUN_SECONDS = 3600.0


class OpenUp(Up):
    """Without what would hinder many requests from one address, and with what else takes a setting."""

    @property
    def environ(self) -> dict[str, str]:
        """What the command runs with."""
        return super().environ | {
            "KATSAUS_SUBMISSION_RATE_LIMIT": "",
            # Nobody listens there: letters wait in the queue.
            "KATSAUS_SMTP_URL": "smtp://127.0.0.1:1",
        }


@pytest.fixture(scope="module")
def open_up(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    up = OpenUp(tmp_path_factory.mktemp("fuzzing") / "home")
    up.begin_with(prepared)
    up.start(*(["--demo"] if EXAMPLES > FEW else []))
    yield up
    up.stop()


def schemathesis(up: Up, service: str, folder: Path, *arguments: str) -> str:
    """Run it, with no failure and no error; what it said."""
    port = up.ports[SERVICES.index(service)]
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "--no-color"),
            *("run", str(ROOT / "openapi" / f"{service}.json"), "--url", f"http://127.0.0.1:{port}"),
            *("--phases", PHASES, "--seed", str(SEED), "--max-examples", str(EXAMPLES)),
            *("--warnings", "off", *arguments),
        ],
        # Elsewhere than the project, as it keeps files where it runs.
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-30_000:] + ran.stderr
    return ran.stdout


def generated_in(said: str) -> int:
    """How many requests it made; shown with `pytest -s`."""
    sys.stdout.write(said[said.rindex("Test cases") :])
    generated = re.search(r"(\d+) generated", said)
    assert generated, said
    return int(generated[1])


@pytest.mark.parametrize("service", SERVICES)
def test_with_a_key_of_all_scopes(open_up: Up, service: str, tmp_path: Path) -> None:
    said = schemathesis(open_up, service, tmp_path, "--header", f"Authorization: Bearer {open_up.key}")
    assert generated_in(said) > 100


@pytest.mark.parametrize("service", SERVICES)
def test_without_a_key(open_up: Up, service: str, tmp_path: Path) -> None:
    # What is for the public only: the others answer 401 before they look at anything.
    phases = PHASES if EXAMPLES > FEW else "fuzzing"
    assert generated_in(schemathesis(open_up, service, tmp_path, "--phases", phases)) > 0
