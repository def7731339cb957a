"""Keys made, listed and revoked by the command."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from services.cli.embedded_postgres import EmbeddedPostgres
from services.cli.failure import CommandError
from services.cli.home import Home
from services.cli.keys import (
    create_key,
    ensure_home_keys,
    grant_scopes,
    list_keys,
    revoke_key,
    withdraw_scopes,
)
from services.cli.main import app
from services.shared.clock import now
from services.shared.scopes import Scope
from services.shared.settings import get_settings
from tests.conftest import catalogued_database

DATABASE = "katsaus_keys"


@pytest.fixture(scope="module")
def migrated_url(postgres: EmbeddedPostgres) -> str:
    """A database of its own: keys are committed."""
    return catalogued_database(postgres, DATABASE)


@pytest.fixture
def url(migrated_url: str) -> str:
    with psycopg.connect(migrated_url) as connection:
        connection.execute("DELETE FROM api_key")
    return migrated_url


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.make()
    return home


class TestCreate:
    def test_stores_only_the_hash(self, url: str) -> None:
        key = create_key(url, "form", ["feedback:handle"])
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT api_key::text FROM api_key").fetchone()
        assert row is not None
        assert key.rsplit("_", 1)[1] not in row[0]

    def test_unknown_scope_is_refused_with_the_known_ones(self, url: str) -> None:
        with pytest.raises(CommandError, match=r"no scope everything.*feedback:handle"):
            create_key(url, "form", ["everything"])
        assert list_keys(url) == []

    def test_name_that_is_taken_is_refused(self, url: str) -> None:
        create_key(url, "form", ["feedback:handle"])
        with pytest.raises(CommandError, match="'form' already"):
            create_key(url, "form", ["ombudsman"])

    def test_empty_name_is_refused(self, url: str) -> None:
        with pytest.raises(CommandError, match="needs a name"):
            create_key(url, "  ", ["ombudsman"])


class TestChange:
    def test_a_grant_adds_to_one_key_and_is_listed(self, url: str) -> None:
        create_key(url, "desk", ["feedback:handle"])
        create_key(url, "noise", ["feedback:handle"])
        assert grant_scopes(url, "desk", ["ombudsman", "feedback:handle"]) == ["feedback:handle", "ombudsman"]
        assert {row.name: row.scopes for row in list_keys(url)} == {
            "desk": ["feedback:handle", "ombudsman"],
            "noise": ["feedback:handle"],
        }

    def test_a_scope_is_taken_back_but_never_the_last(self, url: str) -> None:
        create_key(url, "desk", ["feedback:handle", "ombudsman"])
        assert withdraw_scopes(url, "desk", ["feedback:handle", "survey:read"]) == ["ombudsman"]
        with pytest.raises(CommandError, match="allowed nothing"):
            withdraw_scopes(url, "desk", ["ombudsman"])
        assert [row.scopes for row in list_keys(url)] == [["ombudsman"]]

    @pytest.mark.parametrize("change", [grant_scopes, withdraw_scopes])
    def test_unknown_scopes_and_keys_not_in_force_are_refused(
        self, url: str, change: Callable[[str, str, list[str]], list[str]]
    ) -> None:
        create_key(url, "desk", ["feedback:handle"])
        create_key(url, "past", ["feedback:handle"], expires_at=now() - timedelta(days=1))
        with pytest.raises(CommandError, match="no scope everything"):
            change(url, "desk", ["everything"])
        revoke_key(url, "desk")
        for name in ("desk", "past", "nobody"):
            with pytest.raises(CommandError, match=f"no key in force named '{name}'"):
                change(url, name, ["ombudsman"])
        assert {tuple(row.scopes) for row in list_keys(url)} == {("feedback:handle",)}

    def test_by_the_command(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        create_key(url, "desk", ["feedback:handle"])
        monkeypatch.setenv("DATABASE_URL", url)
        get_settings.cache_clear()
        try:
            shown = CliRunner().invoke(app, ["key", "grant", "desk", "--scope", "ombudsman"])
            assert (shown.exit_code, shown.output) == (0, "The key 'desk' may do: feedback:handle ombudsman\n")
            shown = CliRunner().invoke(app, ["key", "revoke-scope", "desk", "--scope", "ombudsman"])
            assert (shown.exit_code, shown.output) == (0, "The key 'desk' may do: feedback:handle\n")
        finally:
            get_settings.cache_clear()


class TestRevoke:
    def test_ends_the_key_and_keeps_it_listed(self, url: str) -> None:
        create_key(url, "form", ["feedback:handle"])
        create_key(url, "noise", ["feedback:handle"])
        revoke_key(url, "form")
        assert {row.name: row.revoked_at is not None for row in list_keys(url)} == {"form": True, "noise": False}

    def test_unknown_name_is_refused(self, url: str) -> None:
        with pytest.raises(CommandError, match="no key in force named 'form'"):
            revoke_key(url, "form")


class TestHomeKeys:
    def test_are_made_once(self, url: str, home: Home) -> None:
        keys = ensure_home_keys(home, url)
        assert ensure_home_keys(home, url) == keys
        assert {row.name: set(row.scopes) for row in list_keys(url)} == {
            "operator": {scope.value for scope in Scope},
            "services": {"service"},
        }

    def test_are_made_anew_where_the_database_does_not_know_them(self, url: str, home: Home) -> None:
        keys = ensure_home_keys(home, url)
        revoke_key(url, "operator")
        renewed = ensure_home_keys(home, url)
        assert renewed != keys
        assert "operator-2" in [row.name for row in list_keys(url)]

    def test_of_another_home_on_the_same_database_stay_in_force(self, url: str, home: Home, tmp_path: Path) -> None:
        keys = ensure_home_keys(home, url)
        other = Home(tmp_path / "other")
        other.make()
        ensure_home_keys(other, url)
        assert ensure_home_keys(home, url) == keys


def test_the_operators_key_of_an_older_version_may_do_what_is_new(url: str, home: Home) -> None:
    keys = ensure_home_keys(home, url)
    prefix = keys.operator.split("_")[1]
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE api_key SET scopes = '{ombudsman}' WHERE prefix = %s", [prefix])
    assert ensure_home_keys(home, url) == keys
    found = {key.prefix: key.scopes for key in list_keys(url)}
    assert found[prefix] == sorted(Scope)
    assert found[keys.service.split("_")[1]] == [Scope.SERVICE]
