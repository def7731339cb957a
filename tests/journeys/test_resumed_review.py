"""A start that is killed between the draft of the demonstration's review and its publication."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from services.cli.demo.counts import PUBLISHED_QUARTER
from services.cli.demo.presence import DRAFTER_NAME, has_edition
from services.cli.demo.review import publish_demonstration
from services.cli.home import Home
from services.shared.settings import Settings
from tests.journeys.conftest import Up, katsaus

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]


@pytest.fixture
def up(prepared: Path, tmp_path: Path) -> Iterator[Up]:
    """A home of its own, without the records: a review says so where there are none."""
    up = Up(tmp_path / "home")
    up.begin_with(prepared)
    up.start()
    yield up
    up.stop()


def database_url(up: Up) -> str:
    url = Home(up.home).running_database_url()
    assert url is not None
    return url


def key(up: Up, name: str) -> str:
    made = katsaus("key", "create", name, "--scope", "report:publish", environ=up.environ)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def editions(up: Up) -> list[dict[str, Any]]:
    with up.client(2, key=up.key) as client:
        listed: list[dict[str, Any]] = client.get("/v1/editions").json()["editions"]
    return listed


def draft(up: Up, by: str) -> None:
    with up.client(2, key=by) as client:
        assert client.post("/v1/editions", json={"quarter": PUBLISHED_QUARTER}).status_code == 201


def test_the_next_start_publishes_it(up: Up) -> None:
    drafter, signer = key(up, DRAFTER_NAME), key(up, "demonstration-signer")
    draft(up, drafter)
    with up.client(2, key=signer) as client:
        assert client.post(f"/v1/editions/{PUBLISHED_QUARTER}/1/sign-off").status_code == 200
    assert up.process is not None
    up.process.kill()
    up.process.wait()

    up.start()
    assert [it["state"] for it in editions(up)] == ["signed_off"]
    assert not has_edition(database_url(up))
    feedback, survey, reporting = up.ports
    settings = Settings(feedback_port=feedback, survey_port=survey, reporting_port=reporting)
    publish_demonstration(settings, database_url(up), Console(file=io.StringIO()))

    assert [(it["version"], it["state"]) for it in editions(up)] == [(1, "published")]
    assert has_edition(database_url(up))


def test_an_officers_draft_is_left_alone(up: Up) -> None:
    draft(up, key(up, "an officer"))

    assert has_edition(database_url(up))
