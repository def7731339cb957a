"""A backup is made of a database in use and brought back on a server that has never seen Katsaus."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from services.cli.backup.make import back_up
from services.cli.backup.restore import restore
from services.cli.embedded_postgres import EmbeddedPostgres
from services.cli.failure import CommandError
from services.cli.home import Home
from services.cli.keys import create_key
from services.shared.settings import Settings
from tests.conftest import FAST_AND_FORGETFUL, catalogued_database

PHOTO = os.urandom(100_000)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """Another server, on which nothing was ever migrated."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("elsewhere") / "data", options=FAST_AND_FORGETFUL)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def made(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A database and the backup of it, with a key and two attachments."""
    folder = tmp_path_factory.mktemp("a home")
    url = catalogued_database(postgres, "katsaus_backed_up")
    create_key(url, "desk", ["feedback:handle"])
    (folder / "attachments").mkdir()
    (folder / "attachments" / "one").write_bytes(PHOTO)
    (folder / "attachments" / "two").write_bytes(b"")
    file = folder / "katsaus.tar"
    assert "2 attachments" in back_up(Home(folder), Settings(DATABASE_URL=url), file)
    assert file.stat().st_mode & 0o077 == 0, "it holds what residents wrote"
    return url, file


def counts(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        names = [
            str(row[0]) for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        return {name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0]) for name in names}


def test_it_is_whole_and_the_services_may_what_they_may(
    made: tuple[str, Path], elsewhere: EmbeddedPostgres, tmp_path: Path
) -> None:
    url, file = made
    elsewhere.ensure_database("restored")
    there = Settings(DATABASE_URL=elsewhere.url("restored"))
    home = Home(tmp_path / "another home")
    assert "2 attachments" in restore(home, there, file)
    assert counts(elsewhere.url("restored")) == counts(url)
    assert (home.attachments / "one").read_bytes() == PHOTO
    with psycopg.connect(elsewhere.url("restored")) as connection:
        connection.execute("SET ROLE katsaus_reporting")
        assert connection.execute("SELECT count(*) FROM edition").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT 1 FROM feedback_content")
    with pytest.raises(CommandError, match="nothing is written over"):
        restore(home, there, file)


def test_one_that_was_cut_off_leaves_the_database_empty(
    made: tuple[str, Path], elsewhere: EmbeddedPostgres, tmp_path: Path
) -> None:
    _, file = made
    cut = tmp_path / "cut.tar"
    cut.write_bytes(file.read_bytes()[:60_000])
    elsewhere.ensure_database("cut_off")
    there = Settings(DATABASE_URL=elsewhere.url("cut_off"))
    with pytest.raises(CommandError, match="cannot be read"):
        restore(Home(tmp_path), there, cut)
    assert counts(elsewhere.url("cut_off")) == {}


def test_what_is_no_backup_is_refused(elsewhere: EmbeddedPostgres, tmp_path: Path) -> None:
    (tmp_path / "other.tar").write_bytes(b"a" * 20_000)
    elsewhere.ensure_database("other")
    for name, reason in (("other.tar", "cannot be read"), ("none.tar", "There is no file")):
        with pytest.raises(CommandError, match=reason):
            restore(Home(tmp_path), Settings(DATABASE_URL=elsewhere.url("other")), tmp_path / name)
    with pytest.raises(CommandError, match="nothing to back up"):
        back_up(Home(tmp_path), Settings(DATABASE_URL=elsewhere.url("other")), tmp_path / "empty.tar")
