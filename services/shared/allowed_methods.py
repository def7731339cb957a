"""Which methods an address takes. What takes none of the request's is answered 405 with all that it does take.

Whatever takes GET takes HEAD (RFC 9110, 9.3.2): it is answered as GET is, without the body.

The framework names only the first route's methods where several share a path, and lets a path with a parameter take
what was meant for a fixed one: `GET /v1/feedback/events` would read an item whose id is "events".
"""

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus

from fastapi import APIRouter
from starlette.datastructures import MutableHeaders
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.shared.problems import Problem, problem_response


class MethodNotAllowedProblem(Problem):
    """The address exists, but not for this method."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "method_not_allowed"
    title = "This address does not take this method"


class MethodIndex:
    """The methods of every address of the routers."""

    def __init__(self, routers: Iterable[APIRouter]) -> None:
        self._fixed: dict[str, set[str]] = {}
        self._patterns: list[tuple[re.Pattern[str], set[str]]] = []
        for route in (one for router in routers for one in router.routes if isinstance(one, Route)):
            methods = _with_head(route.methods or set())
            if route.param_convertors:
                self._patterns.append((route.path_regex, methods))
            else:
                self._fixed.setdefault(route.path, set()).update(methods)

    def of_fixed(self, path: str) -> set[str] | None:
        """The methods of a path without parameters; None where it is not one."""
        return self._fixed.get(path)

    def of(self, path: str) -> Sequence[str]:
        """All methods of the path, in the order of their letters."""
        fixed = self._fixed.get(path)
        if fixed is not None:
            return sorted(fixed)
        return sorted({method for pattern, methods in self._patterns if pattern.match(path) for method in methods})


class MethodMiddleware:
    """Refuses a wrong method of a fixed path, completes the ``Allow`` of whoever else refuses one, and answers HEAD."""

    def __init__(self, app: ASGIApp, *, index: MethodIndex) -> None:
        self.app = app
        self.index = index

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI call."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        fixed = self.index.of_fixed(path)
        if fixed is not None and scope["method"] not in fixed:
            allowed = ", ".join(sorted(fixed))
            problem = MethodNotAllowedProblem(f"use {allowed}", headers={"Allow": allowed})
            await problem_response(problem)(scope, receive, send)
            return

        is_head = scope["method"] == "HEAD" and "GET" in self.index.of(path)

        async def send_with_all(message: Message) -> None:
            if is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            if message["type"] == "http.response.start" and message["status"] == HTTPStatus.METHOD_NOT_ALLOWED:
                allowed = self.index.of(path)
                if allowed:
                    MutableHeaders(scope=message)["Allow"] = ", ".join(allowed)
            await send(message)

        await self.app({**scope, "method": "GET"} if is_head else scope, receive, send_with_all)


def _with_head(methods: set[str]) -> set[str]:
    return methods | {"HEAD"} if "GET" in methods else methods
