"""Cross-origin reading of surveys and answering of them by pages that carry the widget.

Which pages may is each survey's own to say, and refused by the endpoints (``surveys.origins``): a browser must be let
ask, and be let read the refusal, so that the widget can tell "not allowed here" from "no network".
"""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.shared.request_context import REQUEST_ID_HEADER

_PUBLIC_PATHS = re.compile(r"/v1/surveys/[^/]+(/responses)?")

_ANSWER_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": f"Date, Retry-After, {REQUEST_ID_HEADER}",
}
"""No credentials are ever asked for, so ``*`` gives no page more than any caller has. By the date
the widget tells how far its clock is off."""

_PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": f"Content-Type, Idempotency-Key, {REQUEST_ID_HEADER}",
    "Access-Control-Max-Age": "7200",
    "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
}
"""Kept two hours, the longest that Chromium does."""


class SurveyCorsMiddleware:
    """Answers preflights of the public survey paths, and lets pages read what these answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI call."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if "origin" not in headers or not _PUBLIC_PATHS.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await Response(status_code=204, headers=_PREFLIGHT_HEADERS)(scope, receive, send)
            return

        async def send_readable(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                answered.update(_ANSWER_HEADERS)
                answered.add_vary_header("Origin")
            await send(message)

        await self.app(scope, receive, send_readable)
