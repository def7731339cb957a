"""No more requests under way than can be answered in time: the others are told at once to come again."""

import time
from http import HTTPStatus

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from services.shared.health import PREFIX as HEALTH
from services.shared.identifiers import new_uuid
from services.shared.problems import PROBLEM_MEDIA_TYPE, ProblemDocument, UnavailableProblem
from services.shared.request_context import REQUEST_ID_HEADER

RETRY_SECONDS = 1
"""By then those under way are answered."""

LOG_SECONDS = 1.0
"""How often it is logged how many were refused: a line for each would cost as much as an answer."""

_ID = "{request_id}"

log = structlog.get_logger(__name__)


class CrowdMiddleware:
    """Refuses with 503 and ``Retry-After`` while ``requests_max`` requests are under way in the process.

    Without a bound each that comes makes all others wait longer. Outermost, and written beforehand but for the request
    id, as what is spent on refusing is taken from answering. Whether the service lives may always be asked.
    """

    def __init__(self, app: ASGIApp, *, requests_max: int) -> None:
        self.app = app
        self.requests_max = requests_max
        self._under_way = 0
        self._refused = 0
        self._logged_at = 0.0
        self._document = _document(requests_max)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI call."""
        if scope["type"] != "http" or scope["path"].startswith(HEALTH):
            await self.app(scope, receive, send)
            return
        if self._under_way >= self.requests_max:
            self._note()
            await self._refuse(send)
            return
        self._under_way += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._under_way -= 1

    def _note(self) -> None:
        self._refused += 1
        if time.monotonic() - self._logged_at >= LOG_SECONDS:
            log.warning("crowded", refused=self._refused, under_way=self._under_way)
            self._refused, self._logged_at = 0, time.monotonic()

    async def _refuse(self, send: Send) -> None:
        request_id = str(new_uuid())
        body = self._document.replace(_ID, request_id).encode()
        headers = [
            (b"content-type", PROBLEM_MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"retry-after", str(RETRY_SECONDS).encode()),
            (REQUEST_ID_HEADER.lower().encode(), request_id.encode()),
        ]
        await send({"type": "http.response.start", "status": int(HTTPStatus.SERVICE_UNAVAILABLE), "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _document(requests_max: int) -> str:
    """The answer, with a place for the request's id."""
    problem = UnavailableProblem
    return ProblemDocument(
        type=f"urn:katsaus:problem:{problem.code}",
        title=problem.title,
        status=int(problem.status),
        code=problem.code,
        detail=f"{requests_max} requests are under way; send it again after Retry-After seconds",
        request_id=_ID,
        invalid_params=[],
    ).model_dump_json()
