"""The fast path of a request that is like most others: taken before FastAPI resolves what its endpoint depends on.

It can say "done" and nothing else. Whatever it does not take is answered by the ordinary endpoint, which alone refuses,
so that both answer alike.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from services.shared.group_keys import is_well_formed

FastPath = Callable[[Request], Awaitable[Response | None]]

JSON = "application/json"

_SPECIAL_HEADERS = ("Authorization", "X-API-Key")


def fast_path(take: FastPath, *content_types: str) -> type[APIRoute]:
    """A class of routes that try ``take`` first where the request is of the public, and of one of the content types,
    to the letter.
    """

    class FastPathRoute(APIRoute):
        """Tries the fast path, then the ordinary one."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            """What answers a request."""
            ordinary = super().get_route_handler()

            async def handle(request: Request) -> Response:
                is_plain = request.headers.get("content-type") in content_types and _is_of_the_public(request)
                taken = await take(request) if is_plain else None
                return taken or await ordinary(request)

            return handle

    return FastPathRoute


def _is_of_the_public(request: Request) -> bool:
    return not any(name in request.headers for name in _SPECIAL_HEADERS) and is_well_formed(request)
