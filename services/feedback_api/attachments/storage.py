"""Where the bytes of attachments lie: a folder, or a bucket of S3 or what speaks like it."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import obstore
from fastapi import Depends, FastAPI, Request
from obstore.store import ObjectStore, from_url

from services.feedback_api.attachments.errors import AttachmentNotFoundProblem, AttachmentsNotConfiguredProblem
from services.shared.settings import Settings

CHUNK_BYTES = 256 * 1024
"""How much of a file is in memory while it is read."""


class AttachmentStorage:
    """Files by key. A file that is put is whole or not there."""

    def __init__(self, url: str) -> None:
        """``url`` is ``file:///folder`` or ``s3://bucket/prefix``; S3's keys are the AWS_ variables'."""
        if url.startswith("file://"):
            Path(url.removeprefix("file://")).mkdir(parents=True, exist_ok=True)
        self._store: ObjectStore = from_url(url)

    async def put(self, key: str, path: Path) -> None:
        """Store the file at ``path``, piece by piece."""
        await obstore.put_async(self._store, key, path)

    async def read(self, key: str) -> AsyncIterator[bytes]:
        """The file in pieces; raises :class:`AttachmentNotFoundProblem` before the first where it is gone."""
        try:
            found = await obstore.get_async(self._store, key)
        except FileNotFoundError as error:
            raise AttachmentNotFoundProblem("the file is no longer there") from error
        return _pieces(found)

    async def delete(self, key: str) -> None:
        """Delete the file. Safe to repeat."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return

    async def keys_before(self, before: datetime) -> AsyncIterator[list[str]]:
        """Keys of the files that were stored before the moment, a few at a time."""
        async for page in obstore.list(self._store, chunk_size=500):
            yield [entry["path"] for entry in page if entry["last_modified"] < before]


async def _pieces(found: "obstore.GetResult") -> AsyncIterator[bytes]:
    async for piece in found.stream(min_chunk_size=CHUNK_BYTES):
        yield bytes(piece)


def storage_of(app: FastAPI) -> AttachmentStorage | None:
    """The app's store, opened when first asked for; None where none is configured."""
    settings: Settings = app.state.settings
    if settings.attachments_url is None:
        return None
    storage: AttachmentStorage | None = getattr(app.state, "attachment_storage", None)
    if storage is None:
        storage = app.state.attachment_storage = AttachmentStorage(settings.attachments_url)
    return storage


# Async, though they await nothing: FastAPI would run plain functions in a thread.
async def _storage(request: Request) -> AttachmentStorage:
    storage = storage_of(request.app)
    if storage is None:
        raise AttachmentsNotConfiguredProblem("the operator has to set KATSAUS_ATTACHMENTS_URL")
    return storage


async def _storage_if_any(request: Request) -> AttachmentStorage | None:
    return storage_of(request.app)


StorageDep = Annotated[AttachmentStorage, Depends(_storage)]
StorageIfAnyDep = Annotated[AttachmentStorage | None, Depends(_storage_if_any)]
