"""A PostgreSQL for the test run, with a schema built by the migrations; each test's work is rolled back."""

import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import hypothesis
import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool
from starlette.routing import BaseRoute

from services.cli.database import DATABASE_NAME
from services.cli.embedded_postgres import EmbeddedPostgres
from services.reporting_api.keepers import Keepers
from services.shared.database import ROLES, sqlalchemy_url
from services.shared.scopes import Scope
from services.shared.security import make_key
from services.shared.settings import get_settings
from services.shared.tables.access import Service
from tests.databases import copy_of, make_once

TEST_DATABASE = "katsaus_test"

FAST_AND_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "autovacuum": "off",  # its transactions would make what is kept of unchanged data look changed
}
"""Tests throw their data away, so nothing needs to survive a power cut."""

# A busy machine is no fault of what is tested.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a temporary folder of its own.

    As root, the database servers run as another user who must pass through the folder. Pytest closes the folder that
    runs share to other users whenever a run begins, which would take the data from the servers of a run under way.
    """
    if hasattr(config, "workerinput") or config.option.basetemp or "PYTEST_DEBUG_TEMPROOT" in os.environ:
        return
    folder = tempfile.mkdtemp(prefix="katsaus-tests-")
    os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of the collector's later walks, as the services do when they have started."""
    gc.freeze()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that is copied for every server of the run (see ``databases.py``)."""
    return make_once(tmp_path_factory, FAST_AND_FORGETFUL)


@pytest.fixture(scope="session")
def postgres(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """The test run's own embedded server (one for each xdist worker)."""
    data = copy_of(prepared, tmp_path_factory.mktemp("postgres") / "data")
    server = EmbeddedPostgres(data, options=FAST_AND_FORGETFUL)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database_url(postgres: EmbeddedPostgres) -> str:
    """A migrated database with the catalogue loaded. Tests roll back, so it stays as it is."""
    return catalogued_database(postgres, TEST_DATABASE)


def catalogued_database(postgres: EmbeddedPostgres, name: str) -> str:
    """The address of a migrated database of one's own with the catalogue loaded."""
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {DATABASE_NAME}")
    return postgres.url(name)


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction that is rolled back after the test."""
    engine = create_async_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    async with engine.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()
    await engine.dispose()


class RolledBackSessions:
    """Sessions on the test's one connection: a commit releases a savepoint, and the test's end undoes all."""

    def __init__(self, connection: AsyncConnection, role: str | None = None) -> None:
        self.connection = connection
        self.role = role
        self.open_sessions = 0

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session within the test's transaction, as the service's role."""
        return _SessionAs(self)

    def autocommitting(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Its statements stay, as far as anything does in the test's one transaction."""
        return _SessionAs(self, keeps=True)

    async def fault(self) -> str | None:
        """None: the test's connection is open."""
        return None

    async def dispose(self) -> None:
        """The test closes its connection itself."""


class _SessionAs(AbstractAsyncContextManager[AsyncSession]):
    def __init__(self, sessions: RolledBackSessions, *, keeps: bool = False) -> None:
        self._sessions = sessions
        self._keeps = keeps
        self._session = AsyncSession(
            sessions.connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )

    async def __aenter__(self) -> AsyncSession:
        if self._sessions.role:
            await self._sessions.connection.execute(text(f"SET LOCAL ROLE {self._sessions.role}"))
        self._sessions.open_sessions += 1
        return await self._session.__aenter__()

    async def __aexit__(self, *error: object) -> None:
        has_left_changes = error[0] is None and (self._session.new or self._session.dirty or self._session.deleted)
        if self._keeps:
            await self._session.commit()
        await self._session.close()
        self._sessions.open_sessions -= 1
        if self._sessions.role and not self._sessions.open_sessions:
            await self._sessions.connection.execute(text("RESET ROLE"))
        assert not has_left_changes, "the request left changes that were never flushed"


@pytest.fixture
async def session(connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
    """A session of the test itself, for making rows and looking at what came of a request."""
    async with RolledBackSessions(connection).session() as session:
        yield session


_routes: dict[str, list[BaseRoute]] = {}
"""Of the first app of each title: a test's own app has another than its service's. An app works out the parameters of
its routes when it is first asked, which takes longer than most tests; routes keep nothing of a request or an app."""


def attach(app: FastAPI, connection: AsyncConnection) -> FastAPI:
    """Let a service's app work inside the test's transaction, with the service's own role and its rights."""
    service: Service = app.state.service
    app.router.routes = _routes.setdefault(app.title, app.router.routes)
    app.state.sessions = RolledBackSessions(connection, ROLES[service])
    if service is Service.REPORTING_API:
        # A test reads what it has written a moment ago.
        app.state.keepers = Keepers.of(get_settings().model_copy(update={"public_report_age_max_seconds": 0}))
    return app


def client_of(app: FastAPI, *, key: str | None = None) -> httpx.AsyncClient:
    """An HTTP client that reaches the app in process."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers)


async def add_key(session: AsyncSession, *scopes: Scope, name: str = "a test key") -> str:
    """An API key with the scopes, valid in the test's transaction."""
    row, key = make_key(name, frozenset(scopes))
    session.add(row)
    await session.commit()
    return key
