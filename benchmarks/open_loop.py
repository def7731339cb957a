"""Sends requests at a rate of its own, whether or not the earlier ones are answered, in a process of its own.

The plan comes as JSON on standard input, the outcome goes as JSON to standard output. A service that cannot keep up is
met as the world meets it: by more that comes. Times are from when a request was due, so what waits in line counts; how
late this process itself was in sending, for want of a processor, is told beside them.
"""

import asyncio
import math
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from time import perf_counter, process_time

import orjson
import uvloop

from benchmarks.load_generator import KeptConnection, Plan, percentile_ms, requests_of

TICK_SECONDS = 0.002
LAST_ANSWERS_SECONDS = 30.0
"""What was sent is waited for, so that the outcome tells of all."""

_ACCEPTED, _REFUSED = 201, 503


@dataclass(frozen=True, slots=True)
class OpenPlan:
    """What to send where, at what rate and how long; ``connections`` may be open at once."""

    port: int
    path: str
    bodies: list[str]
    rate: float
    seconds: float
    connections: int


@dataclass(slots=True)
class OpenOutcome:
    """What became of the requests that were due."""

    due: int = 0
    accepted: int = 0
    refused: int = 0
    """Answered 503 with Retry-After."""
    unsent: int = 0
    """Due while every connection waited for an answer: a client that cannot even ask."""
    failed: str | None = None
    """The first answer of any other kind."""
    accepted_p50_ms: float = math.nan
    accepted_p99_ms: float = math.nan
    refused_p99_ms: float | None = None
    """None where none was refused."""
    late_p50_ms: float = math.nan
    late_p99_ms: float = math.nan
    """How long after they were due requests were sent: part of the times above that is not the service's."""
    processor_seconds: float = 0.0
    """Used to send and to read the answers, on the machine that answers."""


@dataclass(slots=True)
class Tally:
    """Counts the answers."""

    accepted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    failed: str | None = None
    expected: int | None = None
    complete: asyncio.Event = field(default_factory=asyncio.Event)

    async def all_of(self, expected: int) -> None:
        """Return when so many were answered, or one otherwise than expected."""
        self.expected = expected
        self._look()
        await self.complete.wait()

    def _look(self) -> None:
        if self.failed or len(self.accepted) + len(self.refused) == self.expected:
            self.complete.set()

    def count(self, due_at: float, status: int, head: bytes) -> None:
        """Count an answer that has just come."""
        waited = perf_counter() - due_at
        if status == _ACCEPTED:
            self.accepted.append(waited)
        elif status == _REFUSED and b"\r\nretry-after:" in head:
            self.refused.append(waited)
        else:
            self.fail(head.decode(errors="replace"))
        self._look()

    def fail(self, failed: str) -> None:
        """Note what should not have been; the first is kept."""
        self.failed = self.failed or failed
        self._look()


class Connection(KeptConnection):
    """In ``idle`` while it waits for nothing."""

    def __init__(self, tally: Tally, idle: "list[Connection]") -> None:
        super().__init__()
        self._tally = tally
        self._idle = idle

    def opened(self) -> None:
        """It may be used."""
        self._idle.append(self)

    def answered(self, sent_at: float, status: int, head: bytes, body: bytes) -> None:  # noqa: ARG002 (the body)
        """Count the answer; the connection may be used again."""
        self._tally.count(sent_at, status, head)
        self._idle.append(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        """A connection that the service closed is used no more; it must not have owed an answer."""
        if self in self._idle:
            self._idle.remove(self)
        elif not self._tally.complete.is_set():
            self._tally.fail("the connection was closed without an answer")


async def run(plan: OpenPlan) -> OpenOutcome:
    """Carry the plan out."""
    loop = asyncio.get_running_loop()
    tally, idle = Tally(), list[Connection]()
    for _ in range(plan.connections):
        await loop.create_connection(lambda: Connection(tally, idle), "127.0.0.1", plan.port)
    requests = requests_of(Plan(plan.port, plan.path, plan.bodies, plan.connections, 0, plan.seconds))
    due, unsent = await _send_all(plan, requests, idle, tally.late)
    async with asyncio.timeout(LAST_ANSWERS_SECONDS):
        await tally.all_of(due - unsent)
    accepted, refused, late = sorted(tally.accepted), sorted(tally.refused), sorted(tally.late)
    return OpenOutcome(
        due=due,
        accepted=len(accepted),
        refused=len(refused),
        unsent=unsent,
        failed=tally.failed,
        accepted_p50_ms=percentile_ms(accepted, 0.50),
        accepted_p99_ms=percentile_ms(accepted, 0.99),
        refused_p99_ms=percentile_ms(refused, 0.99) if refused else None,
        late_p50_ms=percentile_ms(late, 0.50),
        late_p99_ms=percentile_ms(late, 0.99),
        processor_seconds=process_time(),
    )


async def _send_all(
    plan: OpenPlan, requests: Iterator[bytes], idle: list[Connection], late: list[float]
) -> tuple[int, int]:
    """Send each when it is due, and note how late; how many were due, and how many of them found no connection."""
    began, due, unsent = perf_counter(), 0, 0
    while (passed := perf_counter() - began) < plan.seconds:
        while due < plan.rate * passed:
            if idle:
                due_at = began + due / plan.rate
                late.append(perf_counter() - due_at)
                idle.pop().send(next(requests), due_at)
            else:
                unsent += 1
            due += 1
        await asyncio.sleep(TICK_SECONDS)
    return due, unsent


if __name__ == "__main__":
    outcome = uvloop.run(run(OpenPlan(**orjson.loads(sys.stdin.buffer.read()))))
    sys.stdout.buffer.write(orjson.dumps(asdict(outcome)))
