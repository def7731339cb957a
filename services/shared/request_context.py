"""The request id: taken from the caller or made here, in every log line, answer and call onwards."""

import re
import time
from contextvars import ContextVar

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.shared.identifiers import new_uuid
from services.shared.metrics.instruments import Metrics

REQUEST_ID_HEADER = "X-Request-ID"

_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""What we repeat of a caller's id: nothing that could forge a log line or a header."""

_request_id: ContextVar[str] = ContextVar("katsaus_request_id", default="")

log = structlog.get_logger(__name__)


def current_request_id() -> str:
    """The id of the request being answered; empty outside a request."""
    return _request_id.get()


class RequestContextMiddleware:
    """Gives each request its id, logs and counts it once: method, route, status, time. No text, no key."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics | None = None) -> None:
        self.app = app
        self.metrics = metrics or Metrics()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI call."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
        request_id = given if _ACCEPTABLE.fullmatch(given) else str(new_uuid())
        token = _request_id.set(request_id)
        started = time.perf_counter()
        status = 0
        self.metrics.under_way.inc()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - started
            # The route's template, not the path: a path may hold a receipt.
            route = getattr(scope.get("route"), "path", None)
            self.metrics.under_way.dec()
            self.metrics.answered(scope["method"], route, status, seconds)
            log.info(
                "answered",
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
            )
            _request_id.reset(token)
