"""Every setting is in the docs, with its name, default and reason."""

from pathlib import Path

import pytest

from services.cli.environment import warnings_about
from services.shared.settings import Settings, SettingsError, get_settings

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


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("KATSAUS_FEEDBACK_PORT", "abc", "whole number"),
        ("KATSAUS_SUBMISSION_RATE_LIMIT", "many", "60/minute"),
        ("KATSAUS_LOG_LEVEL", "LOUD", "WARNING"),
        ("KATSAUS_CORS_ORIGINS", "https://a.fi, https://b.fi/", "without a path"),
        ("KATSAUS_TRUSTED_PROXIES", "nginx", "10.0.0.0/8"),
        ("DATABASE_URL", "mysql://root:hunter2@db/x", "postgresql://"),
    ],
)
def test_one_that_cannot_be_used_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, remedy: str
) -> None:
    monkeypatch.setenv(variable, value)
    get_settings.cache_clear()
    try:
        with pytest.raises(SettingsError) as told:
            get_settings()
    finally:
        get_settings.cache_clear()
    assert str(told.value).startswith(f"{variable}: ")
    assert remedy in str(told.value)
    assert "hunter2" not in str(told.value)


def test_one_that_is_misspelt_is_told() -> None:
    (warning,) = warnings_about(["PATH", "KATSAUS_HOME", "KATSAUS_LOG_LEVEL", "KATSAUS_FEEDBAK_PORT"])
    assert "do you mean KATSAUS_FEEDBACK_PORT" in warning
