"""The file: a tar of a manifest, a dump of the database and the files that came with feedback, in this order."""

import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from services.cli.failure import CommandError

MANIFEST = "manifest.json"
DUMP = "database.dump"
ATTACHMENTS = "attachments"
FORMAT = 1

_PRIVATE = 0o600
_MANIFEST_MAX_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the file is of."""

    format: int
    version: str
    schema: str
    made_at: str
    attachments: bool
    """Whether the files are in it; they are not where a bucket keeps them."""


def add_manifest(archive: tarfile.TarFile, manifest: Manifest) -> None:
    """Write the manifest."""
    content = json.dumps(asdict(manifest), indent=2).encode() + b"\n"
    _add(archive, MANIFEST, io.BytesIO(content), len(content))


def add_dump(archive: tarfile.TarFile, dump: IO[bytes]) -> None:
    """Write the dump, a file that was written to its end."""
    size = dump.tell()
    dump.seek(0)
    _add(archive, DUMP, dump, size)


def add_attachments(archive: tarfile.TarFile, folder: Path) -> int:
    """Write the folder's files and give their number. One that was erased meanwhile is left out."""
    count = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            file = path.open("rb")
        except FileNotFoundError:
            continue
        with file:
            name = f"{ATTACHMENTS}/{path.relative_to(folder).as_posix()}"
            _add(archive, name, file, path.stat().st_size)
        count += 1
    return count


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, _PRIVATE
    archive.addfile(entry, content)


def read_manifest(archive: tarfile.TarFile) -> Manifest:
    """The manifest; raises :class:`CommandError` where the file is no backup, or of a newer version."""
    entry = archive.next()
    if entry is None or entry.name != MANIFEST or entry.size > _MANIFEST_MAX_BYTES:
        raise CommandError("The file is not a backup made by `katsaus backup`.")
    said = json.loads(_content(archive, entry).read())
    if said.get("format") != FORMAT:
        raise CommandError(
            f"The backup was made by Katsaus {said.get('version')}; restore it with that or a newer one."
        )
    return Manifest(**said)


def read_dump(archive: tarfile.TarFile) -> IO[bytes]:
    """The dump, which follows the manifest."""
    entry = archive.next()
    if entry is None or entry.name != DUMP:
        raise CommandError("The backup is damaged: it has no database in it.")
    return _content(archive, entry)


def read_attachments(archive: tarfile.TarFile) -> Iterator[tuple[PurePosixPath, IO[bytes]]]:
    """Each file with its path below the folder of attachments."""
    while (entry := archive.next()) is not None:
        path = PurePosixPath(entry.name)
        if path.parts[:1] != (ATTACHMENTS,) or ".." in path.parts or not entry.isfile():
            raise CommandError(f"The backup is damaged: {entry.name!r} does not belong in it.")
        yield path.relative_to(ATTACHMENTS), _content(archive, entry)


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(entry)
    if content is None:
        raise CommandError(f"The backup is damaged: {entry.name!r} is no file.")
    return content
