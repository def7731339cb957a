"""Databases that cannot be used: one clear sentence each."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from services.cli.database import (
    any_database,
    check_has_schema,
    check_reachable,
    libpq_url,
    own_database,
    prepare,
    schema_revision,
)
from services.cli.embedded_postgres import EmbeddedPostgres
from services.cli.failure import CommandError
from services.cli.home import Home
from services.shared.settings import Settings

DATABASE = "katsaus_command"


@pytest.fixture
def url(postgres: EmbeddedPostgres) -> Iterator[str]:
    postgres.ensure_database(DATABASE)
    yield postgres.url(DATABASE)
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {DATABASE}")


class TestPrepare:
    def test_brings_an_empty_database_up_to_date_and_then_does_nothing(self, url: str) -> None:
        assert prepare(url) is True
        assert prepare(url) is False

    def test_a_command_that_needs_a_schema_does_not_make_one(self, url: str) -> None:
        with pytest.raises(CommandError, match="katsaus migrate"):
            check_has_schema(url)
        assert schema_revision(url) is None

    def test_schema_of_a_newer_version_is_refused(self, url: str) -> None:
        prepare(url)
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
        with pytest.raises(CommandError, match="9999_from_the_future, which is newer"):
            prepare(url)

    def test_schema_of_something_else_is_refused(self, url: str) -> None:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE alembic_version (version_num text)")
            connection.execute("INSERT INTO alembic_version VALUES ('0000_unknown')")
        with pytest.raises(CommandError, match="cannot be migrated"):
            prepare(url)

    def test_catalogue_that_went_back_to_an_older_state_is_loaded_again(self, url: str) -> None:
        prepare(url)
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO catalogue_revision VALUES ('newer files', now())")
        assert prepare(url) is True
        assert prepare(url) is False


class TestReachable:
    def test_address_without_a_server_is_refused(self) -> None:
        with pytest.raises(CommandError, match="does not answer") as refusal:
            check_reachable("postgresql://katsaus:hidden@127.0.0.1:1/katsaus")
        assert "hidden" not in str(refusal.value)

    @pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgresql+asyncpg"])
    def test_any_spelling_of_the_address_is_understood(self, scheme: str) -> None:
        assert libpq_url(f"{scheme}://user@host/name") == "postgresql://user@host/name"


class TestEmbedded:
    def test_folder_of_another_version_is_refused(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        home.postgres.mkdir()
        (home.postgres / "PG_VERSION").write_text("12\n")
        with pytest.raises(CommandError, match="is of PostgreSQL 12"), own_database(home, _settings()):
            pass

    def test_folder_that_is_no_database_is_refused(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        home.postgres.mkdir()
        (home.postgres / "PG_VERSION").write_text("18\n")
        with pytest.raises(CommandError, match="does not start"), own_database(home, _settings()):
            pass


class TestAnyDatabase:
    def test_uses_the_server_of_the_running_instance(self, tmp_path: Path, url: str) -> None:
        home = Home(tmp_path)
        with home.locked(), home.database_url_shown(url), any_database(home, _settings()) as found:
            assert found == url

    def test_instance_that_is_still_starting_is_a_sentence(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        with (
            home.locked(),
            pytest.raises(CommandError, match="still starting"),
            any_database(home, _settings()),
        ):
            pass


def _settings() -> Settings:
    return Settings(DATABASE_URL=None)
