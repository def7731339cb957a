"""``katsaus restore``: what a backup holds, brought into an empty database and folder."""

import shutil
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from services.cli.backup import archive, postgres_tools
from services.cli.backup.folder import attachments_folder
from services.cli.database import any_database, bring_schema, libpq_url, schema_revision
from services.cli.failure import CommandError
from services.cli.home import Home, open_private
from services.shared.database import ROLES
from services.shared.settings import Settings


def restore(home: Home, settings: Settings, file: Path) -> str:
    """Bring back the backup in the file (``-`` for standard input) and give a sentence on what there is now.

    A backup of an older version is migrated to this one's schema. Raises :class:`CommandError` where the database or
    the folder of attachments is not empty: nothing is written over.
    """
    folder = attachments_folder(home, settings)
    with any_database(home, settings) as url:
        if schema_revision(url) is not None:
            raise CommandError(
                "The database holds a Katsaus already, and nothing is written over: name an empty one by KATSAUS_HOME "
                "or DATABASE_URL."
            )
        if folder is not None and folder.exists() and any(folder.iterdir()):
            raise CommandError(f"The folder {folder} is not empty, and nothing is written over: move it away.")
        with _opened(file) as tar:
            manifest = archive.read_manifest(tar)
            _make_roles(url)
            postgres_tools.restore(url, archive.read_dump(tar))
            files = _write(tar, folder) if manifest.attachments and folder is not None else 0
        schema = bring_schema(url)
    was = "" if schema == manifest.schema else f", migrated from {manifest.schema}"
    return f"The backup of {manifest.made_at} is restored: the database ({schema}{was}) and {files} attachments."


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with (
            sys.stdin.buffer if str(file) == "-" else file.open("rb") as source,
            tarfile.open(fileobj=source, mode="r|") as tar,
        ):
            yield tar
    except FileNotFoundError as error:
        raise CommandError(f"There is no file {file}.") from error
    except tarfile.TarError as error:
        raise CommandError(f"The backup cannot be read: {error}.") from error


def _make_roles(database_url: str) -> None:
    """The services' roles, which belong to the server and so are in no dump; the dump has what they may do."""
    with psycopg.connect(libpq_url(database_url)) as connection:
        for role in ROLES.values():
            connection.execute(
                f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN; "
                "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
            connection.execute(f"GRANT {role} TO CURRENT_USER")


def _write(tar: tarfile.TarFile, folder: Path) -> int:
    count = 0
    for path, content in archive.read_attachments(tar):
        target = folder / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open_private(target) as out:
            shutil.copyfileobj(content, out)
        count += 1
    return count
