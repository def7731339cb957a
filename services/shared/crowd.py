"""No more requests under way than can be answered in time: the others are told at once to come again."""

import math
import time
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from prometheus_client import Counter
from starlette.types import ASGIApp, Receive, Scope, Send

from services.shared.health import PREFIX as HEALTH
from services.shared.identifiers import new_uuid
from services.shared.metrics.endpoints import PATH as METRICS
from services.shared.problems import PROBLEM_MEDIA_TYPE, ProblemDocument, UnavailableProblem
from services.shared.request_context import REQUEST_ID_HEADER

RETRY_SECONDS = 1
"""By then those under way are answered."""

LOG_SECONDS = 1.0
"""How often it is logged how many were refused: a line for each would cost as much as an answer. Those between two
lines share a request id, by which the line is found."""

_ALWAYS = (HEALTH, METRICS)

STATUS = HTTPStatus.SERVICE_UNAVAILABLE

_READABLE = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", f"Date, Retry-After, {REQUEST_ID_HEADER}".encode()),
]
"""Any page may read it: it tells of nobody, and when to come again."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer, for ASGI and as HTTP/1.1 has it."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    written: bytes
    """The headers, an empty line and the body."""


class Crowd:
    """How many requests a process may have under way, and what the others are told."""

    def __init__(self, requests_max: int, *, counted: Counter) -> None:
        self.requests_max = requests_max
        self._counted = counted
        self._refused = 0
        self._logged_at = -math.inf
        self._refusal = _refusal("", requests_max)

    def refuse(self) -> Refusal:
        """What one more is told, which is counted. Written beforehand: time to refuse is taken from answering."""
        self._refused += 1
        self._counted.inc()
        if time.monotonic() - self._logged_at >= LOG_SECONDS:
            request_id = str(new_uuid())
            log.warning("crowded", request_id=request_id, refused=self._refused, requests_max=self.requests_max)
            self._refusal = _refusal(request_id, self.requests_max)
            self._refused, self._logged_at = 0, time.monotonic()
        return self._refusal


class CrowdMiddleware:
    """Refuses with 503 and ``Retry-After`` while as many requests are under way as the crowd allows.

    Without a bound each that comes makes all others wait longer. Whether the service lives, and what is the
    matter with it, may always be asked. Most
    are refused before they come here (:mod:`services.shared.refusing_protocol`).
    """

    def __init__(self, app: ASGIApp, *, crowd: Crowd) -> None:
        self.app = app
        self.crowd = crowd
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI call."""
        if scope["type"] != "http" or scope["path"].startswith(_ALWAYS):
            await self.app(scope, receive, send)
            return
        if self._under_way >= self.crowd.requests_max:
            refusal = self.crowd.refuse()
            await send({"type": "http.response.start", "status": int(STATUS), "headers": [*refusal.headers]})
            await send({"type": "http.response.body", "body": refusal.body})
            return
        self._under_way += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._under_way -= 1


def _refusal(request_id: str, requests_max: int) -> Refusal:
    problem = UnavailableProblem
    document = ProblemDocument(
        type=f"urn:katsaus:problem:{problem.code}",
        title=problem.title,
        status=int(problem.status),
        code=problem.code,
        detail=f"{requests_max} requests are under way; send it again after Retry-After seconds",
        request_id=request_id,
        invalid_params=[],
    )
    body = document.model_dump_json().encode()
    headers = [
        *_READABLE,
        (b"content-type", PROBLEM_MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(RETRY_SECONDS).encode()),
        (REQUEST_ID_HEADER.lower().encode(), request_id.encode()),
    ]
    return Refusal(headers, body, b"".join(b"%b: %b\r\n" % header for header in headers) + b"\r\n" + body)
