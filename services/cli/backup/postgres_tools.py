"""PostgreSQL's own programs for dumping and restoring, of the embedded server's version: those of a system may be older
than the server, and then refuse.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from typing import IO

from services.cli.database import libpq_url
from services.cli.embedded_postgres import BINARIES
from services.cli.failure import CommandError


def dump(database_url: str, into: IO[bytes]) -> None:
    """Write the database as it stands at this moment, whatever is written to it meanwhile."""
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [BINARIES / "pg_dump", "--format=custom", "--no-owner", f"--dbname={libpq_url(database_url)}"],
            stdout=into,
            stderr=said,
            check=False,
        )
        _check("The database cannot be dumped", done.returncode, said)
    into.seek(0, 2)


def restore(database_url: str, dumped: IO[bytes]) -> None:
    """Make the database what the dump says, whole or not at all."""
    options = ["--no-owner", "--exit-on-error", "--single-transaction"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [BINARIES / "pg_restore", *options, f"--dbname={libpq_url(database_url)}"],
            stdin=subprocess.PIPE,
            stderr=said,
        )
        assert process.stdin is not None  # noqa: S101 (it was asked for)
        # A pipe that breaks is of a program that has failed, and says why.
        try:
            with suppress(BrokenPipeError):
                shutil.copyfileobj(dumped, process.stdin)
        except BaseException:
            process.kill()  # what came so far is undone
            raise
        finally:
            with suppress(BrokenPipeError):
                process.stdin.close()
            process.wait()
        _check("The database cannot be restored", process.returncode, said)


def _check(what: str, code: int, said: IO[bytes]) -> None:
    if code:
        said.seek(0)
        lines = _told(said)
        raise CommandError(f"{what}: {lines[0] if lines else f'exit code {code}'}")


def _told(said: Iterable[bytes]) -> list[str]:
    return [line.decode(errors="replace").strip() for line in said if line.strip()]
