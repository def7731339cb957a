"""The short way of a response that is only stored and counted: read, judged and committed with others, then answered.

It can say "here" and nothing else: whatever it does not take is answered by the ordinary endpoint, which alone refuses.
"""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import ValidationError

from services.shared.catalogue import Catalogue, CatalogueCache
from services.shared.clock import now
from services.shared.database import sessions_of
from services.shared.security import Principal
from services.survey_api.json_body import is_json
from services.survey_api.responses.group_commit import Arrival, ResponseGroups, is_grouped
from services.survey_api.responses.schemas import ResponseCreate, ResponseCreated
from services.survey_api.responses.submission import is_dated_well
from services.survey_api.surveys.origins import foreign_origin

_SPECIAL_HEADERS = ("Idempotency-Key", "Authorization", "X-API-Key")


class GroupRoute(APIRoute):
    """A route that tries the group before FastAPI resolves what the endpoint depends on."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        ordinary = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await _answer_grouped(request) or await ordinary(request)

        return handle


async def _answer_grouped(request: Request) -> Response | None:
    catalogue: CatalogueCache = request.app.state.catalogue
    fresh = catalogue.fresh
    if fresh is None or not is_json(request) or any(header in request.headers for header in _SPECIAL_HEADERS):
        return None
    body = _read(await request.body())
    code: str = request.path_params["code"]
    created = await take_grouped(request, code, body, fresh, None) if body is not None else None
    if created is None:
        return None
    return Response(created.model_dump_json(), HTTPStatus.CREATED, media_type="application/json")


def _read(body: bytes) -> ResponseCreate | None:
    try:
        return ResponseCreate.model_validate_json(body)
    except ValidationError:
        return None


async def take_grouped(
    request: Request, code: str, body: ResponseCreate, catalogue: Catalogue, principal: Principal | None
) -> ResponseCreated | None:
    """The answer to a response that was committed with others; None where it must be taken by itself."""
    if not is_grouped(body) or not is_dated_well(body, principal, at=now()):
        return None
    groups: ResponseGroups = request.app.state.response_groups
    key = await groups.take(sessions_of(request), Arrival(code, body, catalogue, foreign_origin(request)))
    return ResponseCreated(id=key.id) if key is not None else None
