"""Every setting is in the docs, with its name, default and reason."""

from pathlib import Path

import pytest

from services.shared.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_it_is_documented(name: str) -> None:
    field = Settings.model_fields[name]
    variable = field.validation_alias or f"KATSAUS_{name.upper()}"
    line = next((line for line in PAGE.read_text(encoding="utf-8").splitlines() if f"`{variable}`" in line), "")
    assert field.description, "every setting says why it is what it is"
    assert field.description in line, f"docs/settings.md lacks {variable} or tells another reason"
    default = field.get_default()
    assert default is None or default == () or f"`{default}`" in line
