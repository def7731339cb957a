"""How many submissions may come from one block of addresses; callers with a key are not limited."""

import time
from typing import Annotated

import structlog
from fastapi import Depends, Request
from limits import RateLimitItem, RateLimitItemPerDay, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.aio.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

from services.shared.client_address import address_block
from services.shared.problems import TooManyRequestsProblem
from services.shared.security import PrincipalDep
from services.shared.settings import Settings, settings_of

log = structlog.get_logger(__name__)

WARNING_INTERVAL_SECONDS = 60.0
"""How often a store that cannot be reached is logged."""


class Counters:
    """The counters of one app: of submissions by address block, and of letters a day to one address."""

    def __init__(self, settings: Settings) -> None:
        # redis-py is the client in the lock; the library's own default is another.
        store = settings.rate_limit_store
        storage: Storage = (
            RedisStorage(f"async+{store.get_secret_value()}", implementation="redispy") if store else MemoryStorage()
        )
        self._limit: RateLimitItem | None = (
            parse(settings.submission_rate_limit) if settings.submission_rate_limit else None
        )
        self._storage = storage
        self._submissions = MovingWindowRateLimiter(storage)
        self._days = FixedWindowRateLimiter(storage)
        self._warned_at = -WARNING_INTERVAL_SECONDS

    async def seconds_to_wait(self, block: str) -> float:
        """Count a submission of the block; 0 if it is within the limit, else how long to wait.

        A store that cannot be reached lets everybody in: it is there against floods, and residents come first.
        """
        if self._limit is None:
            return 0.0
        try:
            if await self._submissions.hit(self._limit, "submission", block):
                return 0.0
            window = await self._submissions.get_window_stats(self._limit, "submission", block)
        except Exception as error:  # noqa: BLE001 (whatever is wrong with the store)
            self._warn(error)
            return 0.0
        return max(1.0, window.reset_time - time.time())

    async def is_within_day(self, what: str, whose: str, limit: int) -> bool:
        """Count one of ``what``; whether it is within the limit of a day. Yes, where the store cannot be reached."""
        try:
            return await self._days.hit(RateLimitItemPerDay(limit), what, whose)
        except Exception as error:  # noqa: BLE001 (whatever is wrong with the store)
            self._warn(error)
            return True

    async def close(self) -> None:
        """Close the connections to the store."""
        if isinstance(self._storage, RedisStorage) and isinstance(self._storage.bridge, RedispyBridge):
            await self._storage.bridge.storage.aclose()

    def _warn(self, error: Exception) -> None:
        if time.monotonic() - self._warned_at >= WARNING_INTERVAL_SECONDS:
            self._warned_at = time.monotonic()
            log.warning("rate_limit_store_unreachable", kind=type(error).__name__)


def counters_of(request: Request) -> Counters:
    """The counters of the app that answers ``request``, made when they are first asked for."""
    counters: Counters | None = getattr(request.app.state, "counters", None)
    if counters is None:
        counters = request.app.state.counters = Counters(settings_of(request))
    return counters


async def refuse_over_limit(request: Request) -> None:
    """Count the request as a submission, once; raises :class:`TooManyRequestsProblem` where it is over the limit."""
    if getattr(request.state, "is_counted_submission", False):
        return
    request.state.is_counted_submission = True
    seconds = await counters_of(request).seconds_to_wait(address_block(request))
    if seconds:
        raise TooManyRequestsProblem(
            f"too many submissions came from this network; wait {seconds:.0f} seconds, or ask the operator for a key",
            headers={"Retry-After": f"{seconds:.0f}"},
        )


async def _within_limit(request: Request, principal: PrincipalDep) -> None:
    if principal is None:
        await refuse_over_limit(request)


SubmissionLimit = Depends(_within_limit)
"""For ``dependencies=`` of public calls that create: refuses what comes too fast from one block of addresses."""

CountersDep = Annotated[Counters, Depends(counters_of)]
