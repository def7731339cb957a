"""What was counted last, kept for as long as the data is provably the same, or for a moment."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")

ASKERS = 2
"""Two see different figures: anyone, and those who see all."""


class Memory(Generic[Kept]):
    """The newest few results by key. Where the key holds all that a result depends on, nothing here can be stale.

    Threads may share it.
    """

    def __init__(self, size: int = ASKERS) -> None:
        self._size = size
        self._results: dict[Hashable, Kept] = {}
        self._changing = Lock()

    def find(self, key: Hashable) -> Kept | None:
        """The result kept under the key."""
        return self._results.get(key)

    def keep(self, key: Hashable, result: Kept) -> None:
        """Keep it, and let go of the oldest."""
        with self._changing:
            self._results[key] = result
            while len(self._results) > self._size:
                self._results.pop(next(iter(self._results)))

    def drop(self, is_outdated: Callable[[Hashable], bool]) -> None:
        """Let go of the results whose keys are outdated."""
        with self._changing:
            self._results = {key: result for key, result in self._results.items() if not is_outdated(key)}


@dataclass(frozen=True, slots=True)
class Counted(Generic[Kept]):
    """A result in which nothing is missing that was acknowledged by ``as_of``."""

    result: Kept
    as_of: datetime


class Recent(Generic[Kept]):
    """What was counted last under a key, whatever has been written since, for ``age_max``; 0 is never."""

    def __init__(self, size: int, age_max: timedelta) -> None:
        self._newest: Memory[Counted[Kept]] = Memory(size)
        self._age_max = age_max

    def find(self, key: Hashable, as_of: datetime) -> Counted[Kept] | None:
        """What was counted less than the age before ``as_of``."""
        newest = self._newest.find(key)
        return newest if newest and as_of - newest.as_of < self._age_max else None

    def keep(self, key: Hashable, counted: Counted[Kept]) -> None:
        """Keep it, and let go of the oldest."""
        self._newest.keep(key, counted)
