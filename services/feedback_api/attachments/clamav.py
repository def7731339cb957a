"""Asking a ClamAV daemon over TCP, by its INSTREAM command: pieces with their length before them, an empty one last.

Written here because it is thirty lines of a documented protocol, and the client library for it is no longer kept.
"""

import asyncio
import contextlib
import struct
from pathlib import Path

from services.feedback_api.attachments.errors import ScannerUnavailableProblem

PIECE_BYTES = 64 * 1024


async def is_clean(path: Path, address: str, *, seconds: float) -> bool:
    """Whether the daemon at ``address`` (host:port) finds nothing in the file.

    Raises :class:`ScannerUnavailableProblem` where it does not answer in so many ``seconds``, or not clearly.
    """
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(seconds):
            answer = await _ask(path, host.strip("[]"), int(port))
    except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
        raise ScannerUnavailableProblem("nothing was stored; try again later, or send without the files") from error
    if answer.endswith(b"FOUND"):
        return False
    if answer.endswith(b"OK"):
        return True
    raise ScannerUnavailableProblem("nothing was stored; try again later, or send without the files")


async def _ask(path: Path, host: str, port: int) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(b"zINSTREAM\0")
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                writer.write(struct.pack("!L", len(piece)) + piece)
                await writer.drain()
        writer.write(struct.pack("!L", 0))
        await writer.drain()
        return (await reader.readuntil(b"\0")).rstrip(b"\0").strip()
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
