"""Having a file made anew by a process of its own, so that what is built to harm a decoder harms nothing else."""

import asyncio
import contextlib
import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import structlog
from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from services.feedback_api.attachments.sanitising import Limits, Sanitised, UnacceptableFileError
from services.shared.settings import Settings

log = structlog.get_logger(__name__)

DECODER = "services.feedback_api.attachments.decoder"
ROOT = Path(__file__).parents[3]
"""Where the child finds the same code."""

PATIENCE = 4
"""How many times its processor time a child may take by the clock: on a busy machine it waits its turn."""

_UNREADABLE = "cannot be read within the limits of time and memory, or is broken; make it smaller, or save it anew"

_slots: RunVar[CapacityLimiter] = RunVar("attachment_decoders")


def limits_of(settings: Settings) -> Limits:
    """What a file may be and a decoder may take."""
    return Limits(
        max_bytes=settings.attachment_max_bytes,
        max_pixels=settings.attachment_max_pixels,
        max_pages=settings.attachment_max_pages,
        max_memory_bytes=settings.attachment_memory_bytes,
        max_cpu_seconds=settings.attachment_cpu_seconds,
    )


async def make_anew(file: BinaryIO, folder: Path, place: int, settings: Settings) -> Sanitised:
    """The content of ``file`` made anew in ``folder``; raises :class:`UnacceptableFileError`."""
    sent, made = folder / f"sent-{place}", folder / f"made-{place}"
    await to_thread.run_sync(_copy, file, sent)
    async with _decoders(settings):
        told = await _ask_child(sent, made, limits_of(settings))
    await to_thread.run_sync(sent.unlink)
    if "media_type" not in told:
        raise UnacceptableFileError(told.get("refused", _UNREADABLE))
    return Sanitised(made, told["media_type"])


def _decoders(settings: Settings) -> CapacityLimiter:
    """The places for children of this event loop."""
    try:
        return _slots.get()
    except LookupError:
        limiter = CapacityLimiter(settings.attachment_decoders)
        _slots.set(limiter)
        return limiter


def _copy(file: BinaryIO, target: Path) -> None:
    file.seek(0)
    with target.open("wb") as copy:
        shutil.copyfileobj(file, copy)


async def _ask_child(sent: Path, made: Path, limits: Limits) -> dict[str, str]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", DECODER, str(sent), str(made), json.dumps(asdict(limits))),
        cwd=ROOT,
        # Nothing of ours but where libraries are: a decoder that is taken over finds no key.
        env={name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(limits.max_cpu_seconds * PATIENCE):
            said, _ = await child.communicate()
    except TimeoutError:
        said = b""
    finally:
        # Whoever sent it may have gone: nobody waits for it any more.
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    if child.returncode != 0:
        log.warning("decoder_ended", returncode=child.returncode)
        return {}
    told: dict[str, str] = json.loads(said)
    return told
