"""The fast path of a response that is only stored and counted: read, judged, committed with others and answered."""

from http import HTTPStatus

from fastapi import Request, Response
from pydantic import ValidationError

from services.shared.catalogue import Catalogue, CatalogueCache
from services.shared.clock import now
from services.shared.database import sessions_of
from services.shared.fast_path import JSON, fast_path
from services.shared.group_keys import RequestKey, key_of
from services.shared.security import Principal
from services.survey_api.responses.group_commit import Arrival, ResponseGroups, is_grouped
from services.survey_api.responses.schemas import ResponseCreate, ResponseCreated
from services.survey_api.responses.submission import is_dated_well
from services.survey_api.surveys.origins import foreign_origin


async def _take(request: Request) -> Response | None:
    catalogue: CatalogueCache = request.app.state.catalogue
    fresh = await catalogue.renewed(sessions_of(request))
    body = _read(await request.body()) if fresh is not None else None
    if fresh is None or body is None:
        return None
    created = await take_grouped(request, request.path_params["code"], body, fresh, None, key_of(request, body))
    return Response(created.model_dump_json(), HTTPStatus.CREATED.value, media_type=JSON) if created else None


GroupRoute = fast_path(_take, JSON)
"""A route that tries the group first."""


def _read(body: bytes) -> ResponseCreate | None:
    try:
        return ResponseCreate.model_validate_json(body)
    except ValidationError:
        return None


async def take_grouped(
    request: Request,
    code: str,
    body: ResponseCreate,
    catalogue: Catalogue,
    principal: Principal | None,
    key: RequestKey | None = None,
) -> ResponseCreated | None:
    """The answer to a response that was committed with others; None where it must be taken by itself."""
    if not is_grouped(body) or not is_dated_well(body, principal, at=now()):
        return None
    groups: ResponseGroups = request.app.state.response_groups
    arrival = Arrival(code, body, catalogue, foreign_origin(request), key)
    stored = await groups.take(sessions_of(request), arrival)
    return ResponseCreated(id=stored.id) if stored is not None else None
