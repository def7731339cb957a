"""``katsaus backup``: the database and the files of an installation, running or not, in one file."""

import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import IO

from services.cli.backup import archive, postgres_tools
from services.cli.backup.folder import attachments_folder
from services.cli.database import any_database, schema_revision
from services.cli.failure import CommandError
from services.cli.home import Home, open_private
from services.shared.clock import now
from services.shared.settings import Settings


def back_up(home: Home, settings: Settings, file: Path) -> str:
    """Write the backup to the file (``-`` for standard output) and give a sentence on what is in it.

    The dump is made before the files are read: what was added between is a file without a row, which a sweep deletes.
    """
    folder = attachments_folder(home, settings)
    with any_database(home, settings) as url, tempfile.TemporaryFile() as dump:
        schema = schema_revision(url)
        if schema is None:
            raise CommandError("There is nothing to back up: the database is empty.")
        postgres_tools.dump(url, dump)
        manifest = archive.Manifest(archive.FORMAT, version("katsaus"), schema, now().isoformat(), folder is not None)
        with _opened(file) as out, tarfile.open(fileobj=out, mode="w|") as tar:
            archive.add_manifest(tar, manifest)
            archive.add_dump(tar, dump)
            files = archive.add_attachments(tar, folder) if folder is not None else 0
    if folder is None:
        return (
            f"The database ({schema}) is backed up. The attachments are in {settings.attachments_url}: copy them there."
        )
    return f"The database ({schema}) and {files} attachments are backed up."


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    if str(file) == "-":
        yield sys.stdout.buffer
        return
    draft = file.with_name(f"{file.name}.part")
    try:
        with open_private(draft) as out:
            yield out
        draft.replace(file)
    except OSError as error:
        raise CommandError(f"The backup cannot be written to {file}: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)
