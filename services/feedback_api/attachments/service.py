"""Taking in, storing and removing attachments.

Files are put into the store before the rows are committed, and deleted from it before the rows are: what a crash leaves
is a file without a row, which the sweep deletes, and never a row that promises a file.
"""

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import UploadFile

from services.feedback_api.attachments import clamav, repository
from services.feedback_api.attachments.decoding import make_anew
from services.feedback_api.attachments.errors import AttachmentsNotConfiguredProblem, refused
from services.feedback_api.attachments.sanitising import UnacceptableFileError
from services.feedback_api.attachments.storage import AttachmentStorage
from services.shared.clock import now
from services.shared.identifiers import new_uuid
from services.shared.problems import invalid
from services.shared.settings import Settings

SWEPT_AFTER = timedelta(days=1)
"""A file without a row is deleted when it is this old: no request takes so long."""


PIECE_BYTES = 256 * 1024
"""How much of a file is in memory while it is read."""


@dataclass(frozen=True, slots=True)
class PreparedAttachment:
    """A file ready to be stored. ``sent_sha256`` is of the bytes as they came, by which a repeat is known."""

    path: Path
    media_type: str
    byte_size: int
    sha256: str
    sent_sha256: str
    scanned_at: datetime | None


@contextlib.asynccontextmanager
async def prepared(uploads: Sequence[UploadFile], settings: Settings) -> AsyncIterator[list[PreparedAttachment]]:
    """The files made anew, in a folder that is gone when the context is left; a problem names the one that is wrong."""
    if not uploads:
        yield []
        return
    if settings.attachments_url is None:
        raise AttachmentsNotConfiguredProblem("send the feedback without files")
    if len(uploads) > settings.attachment_max_count:
        raise invalid("attachments", f"has {len(uploads)} files; the limit is {settings.attachment_max_count}")
    folder = Path(await to_thread.run_sync(lambda: tempfile.mkdtemp(prefix="katsaus-attachments-")))
    try:
        yield [await _prepare(upload, place, folder, settings) for place, upload in enumerate(uploads, start=1)]
    finally:
        await to_thread.run_sync(lambda: shutil.rmtree(folder, ignore_errors=True))


async def _prepare(upload: UploadFile, place: int, folder: Path, settings: Settings) -> PreparedAttachment:
    if not upload.size:
        raise refused(place, "is empty; choose the file again")
    if upload.size > settings.attachment_max_bytes:
        raise refused(place, f"is {upload.size} bytes; the limit is {settings.attachment_max_bytes}")
    try:
        clean = await make_anew(upload.file, folder, place, settings)
    except UnacceptableFileError as error:
        raise refused(place, str(error)) from None
    scanned_at = None
    if settings.clamav_address is not None:
        if not await clamav.is_clean(clean.path, settings.clamav_address, seconds=settings.http_timeout_seconds):
            raise refused(place, "holds what a virus scanner knows; leave it out")
        scanned_at = now()
    return PreparedAttachment(
        clean.path,
        clean.media_type,
        byte_size=clean.path.stat().st_size,
        sha256=await to_thread.run_sync(_digest_of_path, clean.path),
        sent_sha256=await to_thread.run_sync(_digest, upload.file),
        scanned_at=scanned_at,
    )


async def store(
    session: AsyncSession,
    storage: AttachmentStorage | None,
    feedback_id: UUID,
    attachments: Sequence[PreparedAttachment],
    *,
    at: datetime,
) -> None:
    """Store the files and write their rows; where that fails, no file is left."""
    if not attachments or storage is None:
        return
    rows = [_row(feedback_id, position, one, at) for position, one in enumerate(attachments, start=1)]
    try:
        for row, attachment in zip(rows, attachments, strict=True):
            await storage.put(row["storage_key"], attachment.path)
        await repository.insert(session, rows)
    except BaseException:
        for row in rows:
            await storage.delete(row["storage_key"])
        raise


def _row(feedback_id: UUID, position: int, attachment: PreparedAttachment, at: datetime) -> dict[str, Any]:
    return {
        "feedback_id": feedback_id,
        "position": position,
        "storage_key": str(new_uuid()),
        "media_type": attachment.media_type,
        "byte_size": attachment.byte_size,
        "sha256": attachment.sha256,
        "scanned_at": attachment.scanned_at,
        "created_at": at,
    }


async def remove(session: AsyncSession, storage: AttachmentStorage | None, feedback_id: UUID) -> int:
    """Delete the item's files and their rows; how many there were. Safe to repeat."""
    rows = await repository.fetch(session, feedback_id)
    if not rows:
        return 0
    if storage is None:
        raise AttachmentsNotConfiguredProblem("the item has attachments, but KATSAUS_ATTACHMENTS_URL is not set")
    for row in rows:
        await storage.delete(row.storage_key)
    await repository.remove(session, feedback_id)
    return len(rows)


async def sweep(session: AsyncSession, storage: AttachmentStorage, *, at: datetime) -> int:
    """Delete files that no row has and that are older than any request; how many."""
    deleted = 0
    async for keys in storage.keys_before(at - SWEPT_AFTER):
        for key in set(keys) - await repository.known_keys(session, keys):
            await storage.delete(key)
            deleted += 1
    return deleted


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(PIECE_BYTES):
        digest.update(piece)
    return digest.hexdigest()


def _digest_of_path(path: Path) -> str:
    with path.open("rb") as file:
        return _digest(file)
