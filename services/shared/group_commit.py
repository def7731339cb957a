"""What arrives together is committed together: what waits while one transaction runs goes into the next.

Nothing waits for company: with one request at a time each has its own transaction, and under load a commit's cost is
shared by all that came meanwhile. Each is answered after the commit that holds it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from contextvars import Context
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import Sessions
from services.shared.metrics.instruments import Metrics
from services.shared.problems import Problem, UnavailableProblem

RETRY_SECONDS = 1
"""What a refused client is told to wait: by then a queue of any allowed length is written."""

log = structlog.get_logger(__name__)

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

Write = Callable[[AsyncSession, Sequence[Item]], Awaitable[Sequence[Outcome | None]]]
"""Stores a group and commits it; what became of each, None for one that was not stored."""

OpenSession = Callable[[Sessions], AbstractAsyncContextManager[AsyncSession]]


def autocommitting(sessions: Sessions) -> AbstractAsyncContextManager[AsyncSession]:
    """For groups that are written in one statement, which is a transaction of its own."""
    return sessions.autocommitting()


@dataclass(frozen=True, slots=True)
class Waiting(Generic[Item, Outcome]):
    """An item, and the request that waits for its commit."""

    item: Item
    committed: "asyncio.Future[Outcome | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


@dataclass(slots=True)
class Group(Generic[Item, Outcome]):
    """What is written at once, and how it went."""

    waiting: Sequence[Waiting[Item, Outcome]] = ()
    outcomes: Sequence[Outcome | None] = ()
    problem: Problem | None = None
    is_broken: bool = False

    @property
    def items(self) -> Sequence[Item]:
        """What the requests brought."""
        return [one.item for one in self.waiting]

    def answer(self) -> None:
        """Tell the requests that wait, unless their clients have gone."""
        outcomes = self.outcomes or [None] * len(self.waiting)
        for one, outcome in zip(self.waiting, outcomes, strict=True):
            if one.committed.done():
                continue
            if self.problem is None:
                one.committed.set_result(outcome)
            else:
                one.committed.set_exception(self.problem)


class GroupCommit(Generic[Item, Outcome]):
    """The queue of one process and the writer that empties it, which runs while there is something to write."""

    def __init__(
        self,
        noun: str,
        write: Write[Item, Outcome],
        *,
        waiting_max: int,
        group_max: int,
        metrics: Metrics,
        open_session: OpenSession = autocommitting,
    ) -> None:
        self._noun = noun
        self._metrics = metrics.of_groups(noun)
        self._write = write
        self._open_session = open_session
        self._waiting_max = waiting_max
        self._group_max = group_max
        self._waiting: deque[Waiting[Item, Outcome]] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def take(self, sessions: Sessions, item: Item) -> Outcome | None:
        """What became of the item, once it is committed. None where it must be taken by itself, and was not stored.

        Raises :class:`UnavailableProblem` where too many wait, or the database was lost in the commit.
        """
        if len(self._waiting) >= self._waiting_max:
            raise _come_again(f"{len(self._waiting)} {self._noun} wait to be stored; send it again")
        waiting: Waiting[Item, Outcome] = Waiting(item)
        self._waiting.append(waiting)
        self._metrics.waiting.inc()
        if self._writer is None or self._writer.done():
            # A context of its own: the writer outlives the request that wakes it.
            self._writer = asyncio.get_running_loop().create_task(self._write_waiting(sessions), context=Context())
        return await waiting.committed

    async def _write_waiting(self, sessions: Sessions) -> None:
        while self._waiting:
            group: Group[Item, Outcome] = Group()
            try:
                # One connection while there is something to write: to take one costs as much as a small group.
                async with self._open_session(sessions) as session:
                    while self._waiting and not group.is_broken:
                        group.answer()
                        group = self._next_group()
                        await self._write_group(session, group)
            except Exception as error:  # noqa: BLE001 (what waits must be written, whatever became of the connection)
                log.warning("the connection was not given back", kind=type(error).__name__)
            group.answer()

    def _next_group(self) -> Group[Item, Outcome]:
        count = min(len(self._waiting), self._group_max)
        self._metrics.waiting.dec(count)
        self._metrics.rows.observe(count)
        return Group([self._waiting.popleft() for _ in range(count)])

    async def _write_group(self, session: AsyncSession, group: Group[Item, Outcome]) -> None:
        try:
            group.outcomes = await self._write(session, group.items)
        except Exception as error:  # noqa: BLE001 (each is told, or taken by itself)
            log.warning(f"{self._noun} were not stored together", count=len(group.waiting), kind=type(error).__name__)
            group.is_broken = True
            if not _is_refusal(error):
                group.problem = _come_again("the database was lost while it was stored; send it again with the same id")


def _come_again(detail: str) -> UnavailableProblem:
    return UnavailableProblem(f"{detail} after Retry-After seconds", headers={"Retry-After": str(RETRY_SECONDS)})


def _is_refusal(error: Exception) -> bool:
    """Whether the database refused the statement, so that nothing was stored, rather than being lost over it.

    Refused because of one of them: each by itself is stored, or refused for its own reason.
    """
    if not isinstance(error, DBAPIError) or error.connection_invalidated:
        return False
    return getattr(error.orig, "sqlstate", None) is not None
