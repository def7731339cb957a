"""feedback_api within the test's transaction, called without a key and with each kind of key."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.feedback_api.main import create
from services.shared.catalogue import CatalogueCache
from services.shared.scopes import Scope
from tests.conftest import add_key, attach, client_of


@pytest.fixture
def app(connection: AsyncConnection) -> FastAPI:
    return attach(create(), connection)


@pytest.fixture
async def public(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


@pytest.fixture(params=["short", "ordinary"])
async def way(request: pytest.FixtureRequest, app: FastAPI, public: httpx.AsyncClient) -> str:
    """Which way plain requests take: the short one, as the catalogue is in memory, or the ordinary one."""
    way: str = request.param
    if way == "ordinary":
        app.state.catalogue = CatalogueCache(refresh_seconds=0.0)
    await public.get("/v1/catalogue")
    return way


@pytest.fixture
async def staff(app: FastAPI, session: AsyncSession) -> AsyncIterator[httpx.AsyncClient]:
    """With every scope of feedback_api."""
    key = await add_key(
        session,
        Scope.FEEDBACK_HANDLE,
        Scope.FEEDBACK_IMPORT,
        Scope.OMBUDSMAN,
        Scope.PARTICIPATION,
        Scope.SERVICE,
        name="staff",
    )
    async with client_of(app, key=key) as client:
        yield client


@pytest.fixture
async def stranger(app: FastAPI, session: AsyncSession) -> AsyncIterator[httpx.AsyncClient]:
    """With a valid key that has no scope of feedback_api."""
    key = await add_key(session, Scope.REPORT_INTERNAL, name="stranger")
    async with client_of(app, key=key) as client:
        yield client
