"""Questions to a database that may hang: given up in time, whatever became of the connection."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class Questions:
    """Asks, and waits no longer than ``seconds``.

    A question whose connection hangs ends only when the connection does, also when it is cancelled: it is left to
    itself, and nothing more is asked until it has ended, or each scrape would take another connection.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._given_up = set[asyncio.Task[Any]]()

    async def ask(self, question: Coroutine[Any, Any, Answer]) -> Answer:
        """The answer; raises :class:`TimeoutError` where there is none in time."""
        if self._given_up:
            question.close()
            raise TimeoutError
        task = asyncio.create_task(question)
        await asyncio.wait({task}, timeout=self._seconds)
        if task.done():
            return task.result()
        self._given_up.add(task)
        task.add_done_callback(self._forget)
        task.cancel()
        raise TimeoutError

    def _forget(self, task: "asyncio.Task[Any]") -> None:
        self._given_up.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, or it is logged as never retrieved
