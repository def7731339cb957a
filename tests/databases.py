"""The database that tests begin with: made once a run, by the first of its processes, and copied from then on."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

from services.cli.database import DATABASE_NAME, prepare
from services.cli.embedded_postgres import EmbeddedPostgres


def make_once(folders: pytest.TempPathFactory, options: dict[str, str]) -> Path:
    """The data folder of a stopped server whose database, called as a home's, has the schema and the catalogue."""
    own = folders.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "prepared"
    folder.mkdir(exist_ok=True)
    made = folder / "made"
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            server = EmbeddedPostgres(folder / "data", options=options)
            server.start()
            server.ensure_database(DATABASE_NAME)
            prepare(server.url(DATABASE_NAME))
            server.stop()
            made.touch()
    return folder / "data"


def copy_of(prepared: Path, data: Path) -> Path:
    """A data folder of one's own, whose files the server's user owns as well."""
    data.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", prepared, data], check=True)
    return data
