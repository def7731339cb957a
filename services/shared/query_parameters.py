"""Refusing query parameters that an operation below ``/v1/`` does not have: who misspelt a filter must not be answered
with everything.

Protocols with rules of their own (Open311, PxWeb, OData) and pages are not below ``/v1/`` and take what they take.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from urllib.parse import parse_qsl

from fastapi import APIRouter
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from services.shared.problems import InvalidParam, Problem, problem_response, wrong_fields

PREFIX = "/v1/"

_NAMED_MAX = 20
"""How many unknown parameters are named: a query string has room for thousands, and the answer would be far larger."""

_NAME_SHOWN_MAX = 100


class QueryIndex:
    """The query parameters of every operation of the routers below ``/v1/``."""

    def __init__(self, routers: Iterable[APIRouter]) -> None:
        self._fixed: dict[tuple[str, str], list[str]] = {}
        self._patterns: list[tuple[re.Pattern[str], set[str], list[str]]] = []
        for route in (one for router in routers for one in router.routes if isinstance(one, APIRoute)):
            if not route.path.startswith(PREFIX):
                continue
            names, methods = list(dict.fromkeys(_query_names(route))), route.methods or set()
            if route.param_convertors:
                self._patterns.append((route.path_regex, methods, names))
            else:
                self._fixed.update({(method, route.path): names for method in methods})

    def of(self, method: str, path: str) -> list[str] | None:
        """The names that the operation takes; None where there is no such operation."""
        fixed = self._fixed.get((method, path))
        if fixed is not None:
            return fixed
        found = (names for pattern, methods, names in self._patterns if method in methods and pattern.match(path))
        return next(found, None)


def _query_names(route: APIRoute) -> Iterator[str]:
    return (field.alias for field in get_flat_params(route.dependant) if isinstance(field.field_info, Query))


class QueryMiddleware:
    """Refuses unknown query parameters with 422 ``invalid_request``, before anything else is asked of the request."""

    def __init__(self, app: ASGIApp, *, index: QueryIndex) -> None:
        self.app = app
        self.index = index

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI call."""
        problem = self._problem_of(scope) if scope.get("query_string") else None
        await (self.app if problem is None else problem_response(problem))(scope, receive, send)

    def _problem_of(self, scope: Scope) -> Problem | None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            return None
        taken = self.index.of(scope["method"], scope["path"])
        if taken is None:
            return None
        # Read as the framework reads it, which the endpoint's own parameters come from.
        sent = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        unknown = [name for name in sent if name not in taken]
        return wrong_fields([_unknown(name, taken) for name in unknown[:_NAMED_MAX]]) if unknown else None


def _unknown(name: str, taken: list[str]) -> InvalidParam:
    shown = name[:_NAME_SHOWN_MAX]
    near = get_close_matches(shown, taken, n=1)
    known = f"it takes {', '.join(taken)}" if taken else "it takes none"
    hint = f"did you mean {near[0]}? " if near else ""
    return InvalidParam(name=shown, reason=f"is not a query parameter of this operation; {hint}{known}")
