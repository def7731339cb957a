"""The mapping file, and the command against survey_api as it runs."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.cli.failure import CommandError
from services.cli.happy_or_not.mapping_file import read_mapping
from services.survey_api.happy_or_not.schemas import MappingPut

PAGE = Path(__file__).parents[2] / "docs" / "happy-or-not.md"


def written(folder: Path, content: str) -> Path:
    file = folder / "mapping.yaml"
    file.write_text(content, encoding="utf-8")
    return file


def test_the_documented_example_is_a_mapping(tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    mapping = MappingPut.model_validate(read_mapping(written(tmp_path, found[1])))
    [entry] = mapping.surveys
    assert (entry.survey_id, entry.points) == ("11", {"42": "ruskeasuo-dental-clinic"})
    assert entry.options == {"501": "queue", "502": None}
    assert entry.reviewed_by == "Maija Meikäläinen"


@pytest.mark.parametrize("content", ["", "[]", "surveys: 7", "surveys: [", "a: b"])
def test_what_is_no_mapping_is_said_in_a_sentence(tmp_path: Path, content: str) -> None:
    with pytest.raises(CommandError, match=r"mapping\.yaml"):
        read_mapping(written(tmp_path, content))


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        read_mapping(tmp_path / "nowhere.yaml")


def test_what_is_wrong_in_an_entry_is_left_to_the_service(tmp_path: Path) -> None:
    content: dict[str, Any] = {"surveys": [7, {"survey_id": True, "points": [1]}]}
    assert read_mapping(written(tmp_path, yaml.safe_dump(content))) == content
