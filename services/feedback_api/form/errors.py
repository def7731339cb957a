"""Errors as pages, for everything that answers below ``/form``: an endpoint's, the framework's or a limit's."""

from http import HTTPStatus

import orjson
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.feedback_api.form import pages
from services.feedback_api.form.texts import language_for
from services.shared.problems import PROBLEM_MEDIA_TYPE
from services.shared.settings import settings_of

FORM_PATH = "/form"

_KEPT_HEADERS = frozenset({b"retry-after", b"connection", b"allow"})


def keep_what_was_written(request: Request, values: dict[str, str]) -> None:
    """Let an error page of this request hold what its sender wrote."""
    request.state.written = values


class FormErrorMiddleware:
    """Turns problem documents into pages in the language of whoever reads them, with what they had written."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI call."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path == FORM_PATH or path.startswith(f"{FORM_PATH}/")):
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        problem = b""

        async def send_page(message: Message) -> None:
            nonlocal start, problem
            if message["type"] == "http.response.start" and _is_problem(message):
                start = message
            elif start is None:
                await send(message)
            else:
                problem += message.get("body", b"")
                if not message.get("more_body"):
                    await _page_of(scope, start, problem)(scope, receive, send)

        await self.app(scope, receive, send_page)


def _is_problem(start: Message) -> bool:
    media_type = dict(start["headers"]).get(b"content-type", b"")
    return bool(media_type.startswith(PROBLEM_MEDIA_TYPE.encode()))


def _page_of(scope: Scope, start: Message, problem: bytes) -> ASGIApp:
    request = Request(scope)
    written: dict[str, str] = getattr(request.state, "written", {})
    named = written.get("lang") or request.query_params.get("lang")
    page = pages.error_page(
        settings_of(request),
        language_for(named, request.headers.get("accept-language", "")),
        _kind_of(start["status"]),
        status=start["status"],
        request_id=orjson.loads(problem)["request_id"],
        written=written,
    )
    page.raw_headers += [(name, value) for name, value in start["headers"] if name in _KEPT_HEADERS | {b"x-request-id"}]
    return page


def _kind_of(status: int) -> str:
    """The page's words for the status."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "failed"
    code = HTTPStatus(status).name.lower()
    return {"content_too_large": "payload_too_large", "request_entity_too_large": "payload_too_large"}.get(code, code)
