"""The requests that README and the pages of docs show work as they stand."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.feedback_api.test_attachments import picture
from tests.journeys.conftest import Up

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    *(f"docs/{name}.md" for name in ("api", "form", "privacy", "reporting-tools", "surveys", "widget")),
)
pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

DEFAULT_PORTS = ("8001", "8002", "8003")


def examples(page: str) -> list[str]:
    """The shell examples of a page, in order: later ones may need what earlier ones made."""
    return re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_every_example_succeeds(katsaus_up: Up, page: str, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(picture())
    found = examples(page)
    assert found
    for example in found:
        command = example
        for default, port in zip(DEFAULT_PORTS, katsaus_up.ports, strict=True):
            command = command.replace(f"127.0.0.1:{default}/", f"127.0.0.1:{port}/")
        # Every curl fails on an HTTP error, and the example with it.
        script = (
            f'set -euo pipefail\ncurl() {{ command curl -sS --fail-with-body --noproxy "*" "$@"; echo; }}\n{command}'
        )
        ran = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env={**os.environ, "KEY": katsaus_up.key},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, f"{example}\n…{ran.stdout[-500:]}{ran.stderr}"
        assert '"refused"' not in ran.stdout, example
