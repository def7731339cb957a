"""Bodies over the limit are refused before they are read whole; NUL in an address is refused at the door."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.shared.problems import BadRequestProblem, PayloadTooLargeProblem, Problem, problem_response

LimitOf = Callable[[str, str], int | None]
"""The limit in bytes for a path and a content type; None for a body of any length."""


class BodyLimitMiddleware:
    """Stops reading at the limit of the path and content type that ``limit_of`` tells; None is for a stream."""

    def __init__(self, app: ASGIApp, *, limit_of: LimitOf) -> None:
        self.app = app
        self.limit_of = limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI call."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self.limit_of(scope["path"], headers.get("content-type", ""))
        refusal = self._refusal(scope, headers, limit)
        if refusal is not None:
            await problem_response(refusal)(scope, receive, send)
        elif limit is None:
            await self.app(scope, receive, send)
        else:
            await self.app(scope, self._up_to(limit, receive), send)

    def _refusal(self, scope: Scope, headers: Headers, limit: int | None) -> Problem | None:
        if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
            return BadRequestProblem("the address holds a NUL character; remove it")
        declared = headers.get("content-length", "")
        if limit is not None and declared.isdigit() and int(declared) > limit:
            return self._too_large(limit)
        return None

    def _up_to(self, limit: int, receive: Receive) -> Receive:
        # A body of undeclared length: the framework turns what is raised here into the answer.
        read = 0

        async def receive_up_to_limit() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise self._too_large(limit)
            return message

        return receive_up_to_limit

    def _too_large(self, limit: int) -> Problem:
        # Closing tells the client to stop sending what nobody will read.
        return PayloadTooLargeProblem(
            f"the limit is {limit} bytes; send less, or use the import for many records",
            headers={"Connection": "close"},
        )
