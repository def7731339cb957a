"""Connections to PostgreSQL: one engine a service, bound to the service's own role; one transaction a request.

A request's transaction is committed before its answer leaves: the session dependency has function scope, so a failing
commit is an error the caller sees.
"""

import math
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Protocol

import structlog
from fastapi import Depends, Request
from sqlalchemy import event, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction

from services.shared.settings import Settings
from services.shared.tables.access import Service

ROLES = {
    Service.FEEDBACK_API: "katsaus_feedback",
    Service.SURVEY_API: "katsaus_survey",
    Service.REPORTING_API: "katsaus_reporting",
}
"""The PostgreSQL role of each service, created and granted by the migrations."""


_CONNECT_SECONDS_LEAST = 2
"""libpq waits no shorter."""


_FAULTS = {
    'role "katsaus_': "the database was never migrated: run `katsaus migrate`",
    "authentication failed": "the database refuses the user or password of DATABASE_URL",
    "does not exist": "the user or database of DATABASE_URL does not exist",
}
"""By words of PostgreSQL's refusal to connect, in which nothing of a request can be."""

log = structlog.get_logger(__name__)


def cause_of(error: BaseException) -> str:
    """Why a connection could not be made or was lost, in libpq's words; else only the kind of the error.

    What the server says of a statement may hold what a resident wrote, and always has a code.
    """
    orig = getattr(error, "orig", None)
    if orig is None or getattr(orig, "sqlstate", None) is not None:
        return type(error).__name__
    return str(orig).partition("\n")[0]


class DatabaseNotConfiguredError(RuntimeError):
    """No database address was given to a process that cannot start one itself."""


class Sessions(Protocol):
    """What a service needs of its database; tests put one in place that rolls back."""

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session without a transaction yet."""
        ...

    def autocommitting(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session whose every statement is a transaction of its own, which saves the way there and back of two."""
        ...

    async def fault(self) -> str | None:
        """What keeps a trivial query from working now, for whoever runs the service; None where it works."""
        ...

    async def dispose(self) -> None:
        """Close all connections."""
        ...


class Database:
    """A service's engine and sessions."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        autocommitting = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._autocommitting = async_sessionmaker(autocommitting, expire_on_commit=False)

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session without a transaction yet."""
        return self._sessions()

    def autocommitting(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session whose every statement is a transaction of its own."""
        return self._autocommitting()

    async def fault(self) -> str | None:
        """What keeps a trivial query from working now, for whoever runs the service; None where it works."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except PoolTimeoutError:
            return "all connections to the database are in use"
        except Exception as error:  # noqa: BLE001 (whatever the reason, the answer is no)
            cause = cause_of(error)
            log.warning("the database cannot be reached", cause=cause)
            return next((fault for words, fault in _FAULTS.items() if words in cause), "the database cannot be reached")
        return None

    async def dispose(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def sqlalchemy_url(database_url: str) -> URL:
    """The address with psycopg 3 as the driver, whichever of the usual spellings it came in."""
    url = make_url(database_url)
    return url.set(drivername="postgresql+psycopg")


def connect(settings: Settings, service: Service) -> Database:
    """The service's database: connections take the service's role, and reporting_api's refuse writes."""
    if settings.database_url is None:
        raise DatabaseNotConfiguredError(
            "DATABASE_URL is not set. Start the services with `katsaus up`, which brings a PostgreSQL of its own, "
            "or set DATABASE_URL to a PostgreSQL migrated with `katsaus migrate`."
        )
    options = [
        f"-c role={ROLES[service]}",
        f"-c statement_timeout={settings.database_statement_timeout_ms}",
        "-c timezone=UTC",
    ]
    if service is Service.REPORTING_API:
        # Figures are counted by several statements: one snapshot for all, or their sums would not add up.
        options += ["-c default_transaction_read_only=on", r"-c default_transaction_isolation=repeatable\ read"]
    engine = create_async_engine(
        sqlalchemy_url(settings.database_url),
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=settings.database_wait_seconds,
        pool_pre_ping=True,
        hide_parameters=True,  # an error's message must not carry what a resident wrote
        connect_args={
            "options": " ".join(options),
            "application_name": f"katsaus {service}",
            # A host that swallows what is sent to it must not hold a request longer than a busy pool does.
            "connect_timeout": max(_CONNECT_SECONDS_LEAST, math.ceil(settings.database_wait_seconds)),
        },
    )
    return Database(engine)


def sessions_of(request: Request) -> Sessions:
    """The sessions of the app that answers ``request``."""
    sessions: Sessions = request.app.state.sessions
    return sessions


_ALLOW_WRITING = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE"


async def allow_writing(session: AsyncSession) -> None:
    """Let a session write that has done nothing yet, where its connections refuse writes by default.

    It then sees what others commit meanwhile, as a writer must who waits for a lock.
    """
    await session.execute(text(_ALLOW_WRITING))


def _allow_writing_once_begun(session: AsyncSession) -> None:
    """The same, asked of the session before it has a connection.

    A request that took one here would hold it while it waits for another to look up its key: as many at once as there
    are connections would all wait.
    """

    def allow(_session: Session, begun: SessionTransaction, connection: Connection) -> None:
        if not begun.nested:
            connection.execute(text(_ALLOW_WRITING))

    event.listen(session.sync_session, "after_begin", allow)


@asynccontextmanager
async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """The request's one transaction, for endpoints that may do without one; committed where the block ends."""
    async with sessions_of(request).session() as session:
        if request.app.state.service is Service.REPORTING_API:
            _allow_writing_once_begun(session)
        yield session
        # Not reached when the endpoint raised: leaving the block without commit rolls back.
        await session.commit()


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    async with transaction(request) as session:
        yield session


async def _read_session(request: Request) -> AsyncIterator[AsyncSession]:
    async with sessions_of(request).session() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(_session, scope="function")]
"""The request's one transaction, committed just before the answer is sent."""

ReadSessionDep = Annotated[AsyncSession, Depends(_read_session, scope="function")]
"""A session whose work is thrown away: for endpoints that only read."""

StreamSessionDep = Annotated[AsyncSession, Depends(_read_session, scope="request")]
"""As :data:`ReadSessionDep`, kept until the answer has been sent: for streams that read while they are sent."""
