"""The newest few results by what they are of."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


def one(_result: object) -> int:
    """The weight of results that are all alike."""
    return 1


class Memory(Generic[Kept]):
    """The newest results by key, together at most of the size. ``weigh`` tells a result's part of it; else each is one.

    Whether what is found still holds is for the finder to know. Threads may share it.
    """

    def __init__(self, size: int, weigh: Callable[[Kept], int] = one) -> None:
        self._size = size
        self._weigh = weigh
        self._results: dict[Hashable, Kept] = {}
        self._changing = Lock()

    def find(self, key: Hashable) -> Kept | None:
        """The result kept under the key."""
        return self._results.get(key)

    def keep(self, key: Hashable, result: Kept) -> None:
        """Keep it as the newest, and let go of the oldest that there is no room for."""
        with self._changing:
            self._results.pop(key, None)
            self._results[key] = result
            weight = sum(map(self._weigh, self._results.values()))
            while weight > self._size:
                weight -= self._weigh(self._results.pop(next(iter(self._results))))

    def drop(self, is_outdated: Callable[[Hashable], bool]) -> None:
        """Let go of the results whose keys are outdated."""
        with self._changing:
            self._results = {key: result for key, result in self._results.items() if not is_outdated(key)}
