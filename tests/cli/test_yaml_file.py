"""YAML files of operators."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.cli.failure import CommandError
from services.cli.happy_or_not.mapping_file import read_mapping as read_happy_or_not
from services.cli.packs.load import read_pack
from services.cli.smileys.mapping import read_mapping as read_smileys


@pytest.mark.parametrize("read", [read_happy_or_not, read_pack, read_smileys])
@pytest.mark.parametrize("content", ["nimi: Kävijä".encode("cp1252"), b"a: ["])
def test_one_that_cannot_be_read_is_a_sentence(read: Callable[[Path], object], content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=r"mapping\.yaml is no YAML in UTF-8"):
        read(file)
