"""The api_key of Open311: a form field, a query parameter, or the header our other calls take."""

from fastapi import Request

from services.feedback_api.open311.parameters import Parameters
from services.shared.problems import ForbiddenProblem
from services.shared.scopes import Scope
from services.shared.security import Principal, principal_of_key


async def sender_of(request: Request, posted: Parameters) -> Principal:
    """Whose key the client sent; raises :class:`ForbiddenProblem` without one that may send feedback."""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    key = posted.text("api_key") or Parameters.of_query(request).text("api_key") or bearer
    if not key:
        raise ForbiddenProblem("api_key is missing; ask the city for one")
    principal = await principal_of_key(request, key)
    if principal is None:
        raise ForbiddenProblem("api_key is unknown, expired or revoked; ask the city for a new one")
    if not principal.has(Scope.FEEDBACK_SEND):
        raise ForbiddenProblem(f"api_key lacks the scope {Scope.FEEDBACK_SEND}")
    return principal
