"""Health checks: alive means the process answers; ready means its database answers and has this code's schema."""

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request, Response

from services.shared.database import sessions_of
from services.shared.schema_version import database_revision, expected_revision
from services.shared.schemas import ResponseModel

PREFIX = "/health"

router = APIRouter(prefix=PREFIX, tags=["health"])


class Liveness(ResponseModel):
    """The process answers."""

    status: Literal["alive"]


class Readiness(ResponseModel):
    """Whether requests can be answered, and if not, why."""

    status: Literal["ready", "not_ready"]
    reason: str | None
    schema_revision: str | None


@router.get("/live", summary="Is the process alive?")
async def health_live() -> Liveness:
    """Always answers while the process runs; asks nothing of the database."""
    return Liveness(status="alive")


@router.get(
    "/ready",
    summary="Can requests be answered?",
    responses={503: {"model": Readiness, "description": "Not ready; the reason says what is missing."}},
)
async def health_ready(request: Request, response: Response) -> Readiness:
    """Ready means that the database answers and its schema is the one this version was written for."""
    sessions = sessions_of(request)
    if not await sessions.is_reachable():
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return Readiness(status="not_ready", reason="the database cannot be reached", schema_revision=None)
    async with sessions.session() as session:
        revision = await database_revision(session)
    if revision != expected_revision():
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return Readiness(
            status="not_ready",
            reason=f"the schema is {revision or 'empty'}, this needs {expected_revision()}: run `katsaus migrate`",
            schema_revision=revision,
        )
    return Readiness(status="ready", reason=None, schema_revision=revision)
