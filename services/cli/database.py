"""The database a command works on: the one of DATABASE_URL, or the embedded one of the home."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from services.cli.catalogue.files import read_files, revision_of
from services.cli.failure import CommandError
from services.cli.home import Home, HomeInUseError
from services.shared.settings import Settings

if TYPE_CHECKING:
    from services.cli.embedded_postgres import EmbeddedPostgres

SERVICES = 3
CONNECTIONS_OF_COMMANDS = 20
CONNECTIONS_MIN = 100
"""PostgreSQL's own default."""

DATABASE_NAME = "katsaus"
OLDEST_POSTGRES = 16
_CONNECT_TIMEOUT_SECONDS = 10
_VERSION_FACTOR = 10_000
"""libpq gives 180001 for 18.1."""


@dataclass(frozen=True, slots=True)
class CommandDatabase:
    """An address that answers, and the embedded server behind it where this process runs it."""

    url: str
    server: "EmbeddedPostgres | None"

    @property
    def is_lost(self) -> bool:
        """Whether the server this process runs has died."""
        return self.server is not None and not self.server.is_running


def libpq_url(database_url: str) -> str:
    """The address as libpq reads it, whichever of SQLAlchemy's spellings it came in."""
    scheme, mark, rest = database_url.partition("://")
    return f"{scheme.split('+', 1)[0]}{mark}{rest}"


def connections_of(settings: Settings) -> int:
    """How many connections the embedded server takes: all that the services may keep, and some for commands."""
    return max(CONNECTIONS_MIN, SERVICES * settings.workers * settings.database_pool_size + CONNECTIONS_OF_COMMANDS)


@contextmanager
def own_database(
    home: Home, settings: Settings, meanwhile: Callable[[str], None] = lambda _url: None
) -> Iterator[CommandDatabase]:
    """The database for a process that holds the home: the embedded server runs until the block ends.

    ``meanwhile`` is called with the embedded server's address before it answers there.
    """
    if settings.database_url:
        check_reachable(settings.database_url)
        yield CommandDatabase(settings.database_url, None)
        return
    from services.cli.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError  # noqa: PLC0415 (slow)

    server = EmbeddedPostgres(home.postgres, options={"max_connections": str(connections_of(settings))})
    try:
        try:
            server.launch()
            meanwhile(server.url(DATABASE_NAME))
            server.wait_until_ready()
            server.ensure_database(DATABASE_NAME)
        except (EmbeddedPostgresError, psycopg.Error, OSError) as error:
            raise CommandError(_in_one_line(error)) from error
        url = server.url(DATABASE_NAME)
        with home.database_url_shown(url):
            yield CommandDatabase(url, server)
    finally:
        server.stop()


@contextmanager
def any_database(home: Home, settings: Settings) -> Iterator[str]:
    """The address for a short command: of a running ``katsaus up`` on this home, or of a server for this command."""
    with ExitStack() as stack:
        if settings.database_url:
            check_reachable(settings.database_url)
            yield settings.database_url
            return
        try:
            stack.enter_context(home.locked())
        except HomeInUseError as error:
            url = home.running_database_url()
            if url is None:
                raise CommandError(f"{error} It is still starting: try again in a few seconds.") from error
            check_reachable(url)
            yield url
            return
        yield stack.enter_context(own_database(home, settings)).url


def check_reachable(database_url: str) -> None:
    """Raise a :class:`CommandError` unless a new enough PostgreSQL answers at the address."""
    try:
        with psycopg.connect(libpq_url(database_url), connect_timeout=_CONNECT_TIMEOUT_SECONDS) as connection:
            version = connection.info.server_version // _VERSION_FACTOR
    except psycopg.Error as error:
        raise CommandError(f"The database of DATABASE_URL does not answer: {_in_one_line(error)}") from error
    if version < OLDEST_POSTGRES:
        raise CommandError(
            f"The database of DATABASE_URL is PostgreSQL {version}; Katsaus needs {OLDEST_POSTGRES} or newer."
        )


def prepare(database_url: str) -> bool:
    """Bring schema and catalogue up to date; whether the catalogue changed. Raises :class:`CommandError`."""
    bring_schema(database_url)
    return bring_catalogue(database_url)


def what_is_prepared() -> str:
    """What :func:`prepare` brings a database to: this version's schema and catalogue files."""
    from services.shared.schema_version import expected_revision  # noqa: PLC0415 (slow)

    return f"{expected_revision()} {revision_of(read_files())}"


def check_has_schema(database_url: str) -> None:
    """Raise :class:`CommandError` where the database was never migrated.

    For commands that change a key at night: the schema is not theirs to change under services that run.
    """
    if schema_revision(database_url) is None:
        raise CommandError("The database has no Katsaus yet; `katsaus up` or `katsaus migrate` makes it.")


def bring_schema(database_url: str) -> str:
    """Migrate to this version's schema and give its revision. Does nothing where it is there already."""
    from services.shared.schema_version import expected_revision  # noqa: PLC0415 (slow)

    expected = expected_revision()
    found = schema_revision(database_url)
    if found == expected:
        return expected
    if found is not None and found > expected:
        raise CommandError(
            f"The database has the schema {found}, which is newer than this version's {expected}; "
            "use the version of Katsaus that made it, or another database."
        )
    from alembic.util import CommandError as AlembicError  # noqa: PLC0415 (slow)
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 (slow)

    from services.cli.migrations import migrate  # noqa: PLC0415 (slow)

    try:
        migrate(database_url)
    except (AlembicError, SQLAlchemyError) as error:
        raise CommandError(f"The database cannot be migrated to {expected}: {_in_one_line(error)}") from error
    return expected


def bring_catalogue(database_url: str) -> bool:
    """Load the catalogue files where they changed; whether they did."""
    if _catalogue_revision(database_url) == revision_of(read_files()):
        return False
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 (slow)

    from services.cli.catalogue.checks import CatalogueFileError  # noqa: PLC0415 (slow)
    from services.cli.catalogue.loader import load_catalogue  # noqa: PLC0415 (slow)

    try:
        loaded = load_catalogue(database_url)
    except CatalogueFileError as error:
        raise CommandError(f"The catalogue cannot be loaded: {error}") from error
    except SQLAlchemyError as error:
        raise CommandError(f"The catalogue cannot be loaded: {_in_one_line(error)}") from error
    return loaded.has_changed


def _catalogue_revision(database_url: str) -> str | None:
    with psycopg.connect(libpq_url(database_url)) as connection:
        row = connection.execute(
            "SELECT content_hash FROM catalogue_revision ORDER BY loaded_at DESC LIMIT 1"
        ).fetchone()
    return str(row[0]) if row else None


def schema_revision(database_url: str) -> str | None:
    """The revision of the database's schema; None where it has none of ours."""
    with psycopg.connect(libpq_url(database_url)) as connection:
        row = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
        if row is None or not row[0]:
            return None
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(found[0]) if found else None


def _in_one_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
