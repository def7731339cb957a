"""Health checks: alive means the process answers; ready means its database answers and has this code's schema and a
catalogue."""

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

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
    """Ready means that the database answers, its schema is the one this version was written for, and the catalogue is
    loaded.
    """
    sessions = sessions_of(request)
    revision = None
    reason = await sessions.fault()
    if reason is None:
        async with sessions.session() as session:
            revision = await database_revision(session)
            reason = _fault_of_schema(revision) or await _fault_of_catalogue(session)
    if reason is not None:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return Readiness(status="not_ready" if reason else "ready", reason=reason, schema_revision=revision)


def _fault_of_schema(revision: str | None) -> str | None:
    expected = expected_revision()
    if revision == expected:
        return None
    remedy = "start the newer version" if revision is not None and revision > expected else "run `katsaus migrate`"
    return f"the schema is {revision or 'empty'}, this needs {expected}: {remedy}"


async def _fault_of_catalogue(session: AsyncSession) -> str | None:
    loaded = await session.execute(text("SELECT EXISTS (SELECT FROM catalogue_revision)"))
    return None if loaded.scalar_one() else "the catalogue was never loaded: run `katsaus catalogue`"
