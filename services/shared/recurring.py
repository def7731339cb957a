"""Work that a service does again and again while it runs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def recurring(
    name: str, work: Callable[[], Awaitable[object]], *, seconds: float, at_once: bool = False
) -> AsyncIterator[None]:
    """Does ``work`` every so many ``seconds`` while the context is open; a failure is logged and tried again next time.

    With ``at_once`` it is done when the context is entered, too.
    """

    async def run() -> None:
        if not at_once:
            await asyncio.sleep(seconds)
        while True:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 (whatever it was, the next time tries again)
                log.warning("recurring_work_failed", work=name, kind=type(error).__name__)
            await asyncio.sleep(seconds)

    task = asyncio.create_task(run(), name=name)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
