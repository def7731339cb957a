"""What was counted last, kept for as long as the data is provably the same."""

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")

ASKERS = 2
"""Two see different figures: anyone, and those who see all."""


class Memory(Generic[Kept]):
    """The newest few results by key. A key holds all that a result depends on, so nothing here can be stale.

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
