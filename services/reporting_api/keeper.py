"""Counting once what many ask: while the data is provably the same, and for those without a key for a moment longer."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic
from weakref import WeakValueDictionary

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.data_version import data_version
from services.reporting_api.memory import Kept, Memory, one
from services.shared.clock import local_day, now


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when, of which catalogue, and the session that would count."""

    session: AsyncSession
    as_of: datetime
    is_internal: bool
    """Asked with a key that may see unsuppressed figures."""
    catalogue_revision: str


@dataclass(frozen=True, slots=True)
class Counted(Generic[Kept]):
    """A result in which nothing is missing that was acknowledged by ``as_of``."""

    result: Kept
    as_of: datetime
    version: str
    """Of the data; results of the same version and question are the same."""
    done_at: datetime
    """When it had been counted, or was last found to be of the same data still."""


class Keeper(Generic[Kept]):
    """What was counted last by what was asked. Nobody counts what another is just counting.

    ``size`` bounds the results' weights together. Those without a key of ``report:internal`` get what was counted less
    than ``age_max`` ago, whatever has been written since: so however long counting takes, it rests as long between.
    """

    def __init__(
        self,
        size: int,
        age_max: timedelta,
        weigh: Callable[[Kept], int] = one,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._counted: Memory[Counted[Kept]] = Memory(size, lambda counted: weigh(counted.result))
        self._age_max = age_max
        self._clock = clock
        self._turns: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    async def find(self, asking: Asking, what: Hashable, count: Callable[[], Awaitable[Kept]]) -> tuple[Kept, datetime]:
        """The result, and the time by which nothing acknowledged is missing in it.

        ``what`` holds all that it depends on but the data, the catalogue, the day and what the asker may see.
        """
        if asking.is_internal:
            return await self.present(asking, what, count), asking.as_of
        key = _key(asking, what)
        # Of many who ask while the city writes one counts, and the others take what it counted.
        async with self._turn(key):
            recent = self._counted.find(key)
            if recent is not None and self._clock() - recent.done_at < self._age_max:
                return recent.result, recent.as_of
            return await self.present(asking, what, count), asking.as_of

    async def present(self, asking: Asking, what: Hashable, count: Callable[[], Awaitable[Kept]]) -> Kept:
        """The result of exactly the data that the session sees."""
        # Asked first, so that it is the version of what the session sees in all that follows.
        version = await data_version(asking.session, asking.as_of)
        if version is None:
            return await count()
        key = _key(asking, what)
        # Of many who ask at once one counts here too.
        async with self._turn((key, version)):
            kept = self._counted.find(key)
            result = kept.result if kept is not None and kept.version == version else await count()
        self._keep(key, Counted(result, asking.as_of, version, self._clock()))
        return result

    def _keep(self, key: Hashable, counted: Counted[Kept]) -> None:
        kept = self._counted.find(key)
        if kept is None or kept.as_of <= counted.as_of:
            self._counted.keep(key, counted)

    def _turn(self, key: Hashable) -> asyncio.Lock:
        """Held while the key's result is counted; there as long as someone holds it or waits."""
        return self._turns.setdefault(key, asyncio.Lock())


def _key(asking: Asking, what: Hashable) -> Hashable:
    # Of the clock it is the day: periods begin and are over at midnight.
    return asking.catalogue_revision, local_day(asking.as_of), asking.is_internal, what
