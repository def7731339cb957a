"""`katsaus surveys load` against the running services: a pack is checked, loaded once, refused with what is wrong."""

from pathlib import Path

import pytest

from services.cli import packs
from tests.journeys.conftest import Up, katsaus

pytestmark = pytest.mark.journey

EXAMPLE = Path(packs.__file__).parent / "example-national.yaml"


def test_the_example_is_checked_loaded_and_then_left_as_it_is(katsaus_up: Up) -> None:
    checked = katsaus("surveys", "load", str(EXAMPLE), "--check", environ=katsaus_up.environ)
    with katsaus_up.client(1) as anyone:
        assert anyone.get("/v1/surveys/example-national").status_code == 404, "a check writes nothing"
        loaded = katsaus("surveys", "load", str(EXAMPLE), environ=katsaus_up.environ)
        again = katsaus("surveys", "load", str(EXAMPLE), environ=katsaus_up.environ)
        survey = anyone.get("/v1/surveys/example-national").json()

    assert [run.returncode for run in (checked, loaded, again)] == [0, 0, 0], loaded.stderr
    assert "unchanged" in again.stdout
    assert "unchanged" not in loaded.stdout
    assert survey["names"]["en"].startswith("Example")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("pack: x\nsurveys: [", "is no YAML"),
        ("surveys: []", "needs `pack: NAME`"),
        ("pack: x\nsurveys: [{kind: chat}]", "surveys.0 needs a `code`"),
        ("pack: x\nsurveys: [{code: x, kind: chat}]", "names"),
    ],
)
def test_what_is_wrong_is_named(katsaus_up: Up, tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "pack.yaml"
    file.write_text(content, encoding="utf-8")

    run = katsaus("surveys", "load", str(file), environ=katsaus_up.environ)

    assert run.returncode == 1
    assert said in run.stderr
