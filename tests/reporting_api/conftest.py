"""The app of reporting_api inside the test's transaction, for anyone and for a key that sees all."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.reporting_api.main import create
from services.shared.database import Database, connect
from services.shared.scopes import Scope
from services.shared.settings import Settings
from services.shared.tables.access import Service
from tests.conftest import add_key, attach, client_of

Read = Callable[..., Awaitable[dict[str, Any]]]


@asynccontextmanager
async def reading(database_url: str) -> AsyncIterator[Database]:
    """The database as reporting_api reaches it, beside others that write."""
    database = connect(Settings(DATABASE_URL=database_url), Service.REPORTING_API)
    yield database
    await database.dispose()


def statements_with(words: str, database: Database) -> list[str]:
    """A list that grows by each statement that has the words."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if words in statement:
            statements.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    return statements


@pytest.fixture
def app(connection: AsyncConnection) -> FastAPI:
    return attach(create(), connection)


@pytest.fixture
async def anyone(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def insider(app: FastAPI, session: AsyncSession) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, key=await add_key(session, Scope.REPORT_INTERNAL)) as client:
        yield client


@pytest.fixture
def read(insider: httpx.AsyncClient) -> Read:
    """Reads an address as one who sees all."""

    async def read_as_insider(path: str = "/v1/quarters/2019-Q2", **params: str) -> dict[str, Any]:
        answer = await insider.get(path, params=params)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    return read_as_insider


@pytest.fixture
def read_publicly(anyone: httpx.AsyncClient) -> Read:
    """Reads an address as anyone may."""

    async def read_as_anyone(path: str = "/v1/quarters/2019-Q2", **params: str) -> dict[str, Any]:
        answer = await anyone.get(path, params=params)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    return read_as_anyone
