"""Bodies over the limit are refused before they are read whole; NUL in an address is refused at the door."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.shared.problems import BadRequestProblem, PayloadTooLargeProblem, Problem, problem_response


class BodyLimitMiddleware:
    """Stops reading at ``max_bytes``, except where ``is_stream`` says that the path takes a stream of any length."""

    def __init__(self, app: ASGIApp, *, max_bytes: int, is_stream: Callable[[str], bool]) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.is_stream = is_stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI call."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await problem_response(refusal)(scope, receive, send)
        elif self.is_stream(scope["path"]):
            await self.app(scope, receive, send)
        else:
            await self.app(scope, self._up_to_limit(receive), send)

    def _refusal(self, scope: Scope) -> Problem | None:
        if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
            return BadRequestProblem("the address holds a NUL character; remove it")
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > self.max_bytes and not self.is_stream(scope["path"]):
            return self._too_large()
        return None

    def _up_to_limit(self, receive: Receive) -> Receive:
        # A body of undeclared length: the framework turns what is raised here into the answer.
        read = 0

        async def receive_up_to_limit() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.max_bytes:
                raise self._too_large()
            return message

        return receive_up_to_limit

    def _too_large(self) -> Problem:
        # Closing tells the client to stop sending what nobody will read.
        return PayloadTooLargeProblem(
            f"the limit is {self.max_bytes} bytes; send less, or use the import for many records",
            headers={"Connection": "close"},
        )
