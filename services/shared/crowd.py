"""No more requests under way than can be answered in time: the others are told at once to come again."""

from starlette.types import ASGIApp, Receive, Scope, Send

from services.shared.health import PREFIX as HEALTH
from services.shared.problems import UnavailableProblem, problem_response

RETRY_SECONDS = 1
"""By then those under way are answered."""


class CrowdMiddleware:
    """Refuses with 503 and ``Retry-After`` while ``requests_max`` requests are under way in the process.

    Without a bound each that comes makes all others wait longer. Whether the service lives may always be asked.
    """

    def __init__(self, app: ASGIApp, *, requests_max: int) -> None:
        self.app = app
        self.requests_max = requests_max
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI call."""
        if scope["type"] != "http" or scope["path"].startswith(HEALTH):
            await self.app(scope, receive, send)
            return
        if self._under_way >= self.requests_max:
            await problem_response(self._refusal())(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._under_way -= 1

    def _refusal(self) -> UnavailableProblem:
        return UnavailableProblem(
            f"{self.requests_max} requests are under way; send it again after Retry-After seconds",
            headers={"Retry-After": str(RETRY_SECONDS)},
        )
