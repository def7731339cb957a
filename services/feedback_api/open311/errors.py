"""Errors in the standard's own shape, for everything that answers below ``/open311/``."""

from http import HTTPStatus
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.feedback_api.open311.representation import Format, answer
from services.feedback_api.open311.schemas import Open311Error
from services.shared.problems import PROBLEM_MEDIA_TYPE, BadRequestProblem

PREFIX = "/open311/"

KEPT = frozenset(
    {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.TOO_MANY_REQUESTS}
)
"""Refusals with a status of their own; the standard has 400 for all others. A wrong key is 403."""

_KEPT_HEADERS = frozenset({b"x-request-id", b"retry-after", b"connection", b"allow", b"vary"})

ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "model": list[Open311Error],
        "description": description,
        "content": {"text/xml": {"schema": {"type": "string"}}},
    }
    for status, description in (
        (400, "A parameter is wrong; the description says which and how to mend it."),
        (403, "The api_key is missing, unknown or revoked."),
        (404, "What is named does not exist."),
        (429, "Too many requests."),
        (503, "A part this needs cannot be reached now."),
    )
}


def wrong(name: str, reason: str) -> BadRequestProblem:
    """The refusal of one parameter."""
    return BadRequestProblem(f"{name}: {reason}")


class Open311ErrorMiddleware:
    """Turns problem documents into the standard's errors, whoever made them: an endpoint, the framework or a limit."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI call."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        problem = b""

        async def send_translated(message: Message) -> None:
            nonlocal start, problem
            if message["type"] == "http.response.start" and _is_problem(message):
                start = message
                return
            if start is None:
                await send(message)
                return
            problem += message.get("body", b"")
            if not message.get("more_body"):
                await _send_error(scope, receive, send, start, problem)

        await self.app(scope, receive, send_translated)


def _is_problem(start: Message) -> bool:
    media_type = dict(start["headers"]).get(b"content-type", b"")
    return bool(media_type.startswith(PROBLEM_MEDIA_TYPE.encode()))


async def _send_error(scope: Scope, receive: Receive, send: Send, start: Message, body: bytes) -> None:
    document = orjson.loads(body)
    status = _status_of(start["status"])
    fmt = Format.XML if scope["path"].endswith(".xml") else Format.JSON
    errors = [
        Open311Error(code=status, description=f"{one['name']}: {one['reason']}") for one in document["invalid_params"]
    ] or [Open311Error(code=status, description=document["detail"] or document["title"])]
    headers = {name.decode(): value.decode() for name, value in start["headers"] if _is_kept(name)}
    await answer(errors, fmt, root="errors", item="error", status=status, headers=headers)(scope, receive, send)


def _is_kept(name: bytes) -> bool:
    """Whether the header is about the answer, whatever its shape. Without those of CORS no page could read it."""
    return name in _KEPT_HEADERS or name.startswith(b"access-control-")


def _status_of(status: int) -> int:
    if status == HTTPStatus.UNAUTHORIZED:
        return int(HTTPStatus.FORBIDDEN)
    is_refusal = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return int(HTTPStatus.BAD_REQUEST) if is_refusal and status not in KEPT else status
