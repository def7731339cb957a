"""Keeps a number of HTTP connections busy for a while, in a process of its own, and says how it went.

The plan comes as JSON on standard input, the outcome goes as JSON to standard output. Written on bare asyncio
protocols, because a general HTTP client costs more than the services measured.
"""

import asyncio
import math
import random
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import cycle, product
from string import ascii_lowercase
from time import perf_counter
from typing import cast

import orjson
import uvloop

from benchmarks.bodies import UNIQUE

ANSWER_TIMEOUT_SECONDS = 30.0
"""Longer than any statement may run: an answer that takes so long is lost."""

_HEAD_END = b"\r\n\r\n"
_OK = frozenset({200, 201, 304})


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send where, how hard and how long. Every ``body`` is sent in turn; none means GET."""

    port: int
    path: str
    bodies: list[str]
    connections: int
    warmup_seconds: float
    seconds: float
    if_none_match: str | None = None
    """An ETag, for answers that say only that nothing has changed."""
    is_keyed: bool = False
    """Whether each request bears an Idempotency-Key of its own."""


@dataclass(slots=True)
class Outcome:
    """What came back. Answers during the warm-up, or after time, are accepted but not measured."""

    accepted: int = 0
    measured: int = 0
    requests_per_second: float = 0.0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    refusal: str | None = None
    service_us: float = 0.0
    database_us: float = 0.0
    """Processor time a request, in microseconds; filled in by who watches the processes."""


@dataclass(slots=True)
class Tally:
    """Counts the answers of all connections. Times are of ``perf_counter``."""

    measure_from: float
    stop_at: float
    accepted: int = 0
    latencies: list[float] = field(default_factory=list)
    refusal: str | None = None

    def count(self, sent_at: float, answered_at: float, status: int, answer: bytes) -> None:
        """Count an answer; the first refusal is kept."""
        if status not in _OK:
            self.refusal = self.refusal or f"{status} {answer[:500].decode(errors='replace')}"
            return
        self.accepted += 1
        if self.measure_from <= answered_at <= self.stop_at:
            self.latencies.append(answered_at - sent_at)


class KeptConnection(asyncio.Protocol, ABC):
    """One keep-alive connection, with one request at a time on its way."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It may be used."""
        self._transport = cast("asyncio.Transport", transport)
        self.opened()

    def send(self, request: bytes, sent_at: float) -> None:
        """Send a request, whose time counts from ``sent_at``."""
        self._sent_at = sent_at
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Pass the answer on once it is complete."""
        self._received += data
        head_end = self._received.find(_HEAD_END)
        if head_end < 0:
            return
        head = bytes(self._received[:head_end]).lower()
        # An answer 304 has no body, and no length of one.
        length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or 0)
        body_start = head_end + len(_HEAD_END)
        if len(self._received) < body_start + length:
            return
        body = bytes(self._received[body_start:])
        self._received.clear()
        self.answered(self._sent_at, int(head[9:12]), head, body)

    @abstractmethod
    def opened(self) -> None:
        """What is done with a new connection."""

    @abstractmethod
    def answered(self, sent_at: float, status: int, head: bytes, body: bytes) -> None:
        """What is done with an answer; ``head`` is in lower case."""


class Connection(KeptConnection):
    """Sends a request, waits for its whole answer, sends the next."""

    def __init__(self, requests: Iterator[bytes], tally: Tally) -> None:
        super().__init__()
        self.done = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._tally = tally

    def opened(self) -> None:
        """Send the first request."""
        self.send(next(self._requests), perf_counter())

    def answered(self, sent_at: float, status: int, head: bytes, body: bytes) -> None:  # noqa: ARG002 (the head)
        """Count the answer, and go on."""
        now = perf_counter()
        self._tally.count(sent_at, now, status, body)
        if now < self._tally.stop_at and self._tally.refusal is None:
            self.send(next(self._requests), perf_counter())
        else:
            self.done.set_result(None)
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection that ends before its time fails the run."""
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the service closed the connection"))


def requests_of(plan: Plan) -> Iterator[bytes]:
    """The plan's requests, for ever."""
    common = f"Host: 127.0.0.1:{plan.port}\r\nAccept: application/json\r\n"
    if plan.if_none_match is not None:
        common += f"If-None-Match: {plan.if_none_match}\r\n"
    if not plan.bodies:
        return cycle([f"GET {plan.path} HTTP/1.1\r\n{common}\r\n".encode()])
    if plan.is_keyed:
        common += f"Idempotency-Key: {UNIQUE}\r\n"
    head = f"POST {plan.path} HTTP/1.1\r\n{common}Content-Type: application/json\r\nContent-Length: "
    bodies = [body.encode() for body in plan.bodies]
    return _each_unique([f"{head}{len(body)}\r\n\r\n".encode() + body for body in bodies])


def _each_unique(requests: list[bytes]) -> Iterator[bytes]:
    """The requests in turn, for ever, each with a word of its own where it has the one of :mod:`benchmarks.bodies`."""
    placeholder, letters = UNIQUE.encode(), 6
    # Of another turn, or of another run on the same database: another beginning.
    beginning = "".join(random.choices(ascii_lowercase, k=len(UNIQUE) - letters))
    numbered = product(ascii_lowercase, repeat=letters)
    for request, number in zip(cycle(requests), numbered, strict=False):
        yield request.replace(placeholder, f"{beginning}{''.join(number)}".encode())


async def run(plan: Plan) -> Outcome:
    """Carry the plan out. Every request sent is waited for, so ``accepted`` is exact."""
    loop = asyncio.get_running_loop()
    # Not the loop's own clock: uvloop's has whole milliseconds.
    measure_from = perf_counter() + plan.warmup_seconds
    tally = Tally(measure_from, measure_from + plan.seconds)
    requests = requests_of(plan)
    connections = [
        (await loop.create_connection(lambda: Connection(requests, tally), "127.0.0.1", plan.port))[1]
        for _ in range(plan.connections)
    ]
    async with asyncio.timeout(plan.warmup_seconds + plan.seconds + ANSWER_TIMEOUT_SECONDS):
        await asyncio.gather(*(connection.done for connection in connections))
    latencies = sorted(tally.latencies)
    return Outcome(
        accepted=tally.accepted,
        measured=len(latencies),
        requests_per_second=len(latencies) / plan.seconds,
        p50_ms=percentile_ms(latencies, 0.50),
        p99_ms=percentile_ms(latencies, 0.99),
        refusal=tally.refusal,
    )


def percentile_ms(ordered: list[float], share: float) -> float:
    """The nearest-rank percentile."""
    return 1000 * ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


if __name__ == "__main__":
    outcome = uvloop.run(run(Plan(**orjson.loads(sys.stdin.buffer.read()))))
    sys.stdout.buffer.write(orjson.dumps(asdict(outcome)))
