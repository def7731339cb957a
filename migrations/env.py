"""How Alembic reaches the database: one transaction a migration, guarded by timeouts and a lock.

Run it through ``katsaus migrate`` (or ``alembic`` with ``DATABASE_URL`` set).
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, pool, text
from sqlmodel.sql.sqltypes import AutoString

from services.shared.database import sqlalchemy_url
from services.shared.tables import Table

LOCK_TIMEOUT = "5s"
"""A migration that cannot get a table's lock gives up rather than let requests queue up behind it."""

STATEMENT_TIMEOUT = "15min"

MIGRATION_LOCK = 0x6B617473
"""Advisory lock ("kats"): two deployments starting at once migrate one after the other."""


def _database_url() -> str:
    configured: str | None = context.config.attributes.get("database_url")
    url = configured or os.environ.get("DATABASE_URL")
    if not url:
        raise SystemExit("DATABASE_URL is not set; `katsaus migrate` sets it for the embedded PostgreSQL.")
    return url


def _render_item(kind: str, item: Any, _autogen_context: Any) -> str | Literal[False]:
    # SQLModel's own string type would make old migrations depend on SQLModel.
    if kind == "type" and isinstance(item, AutoString):
        return "sa.Text()"
    return False


def _number_revision(
    _context: MigrationContext,
    _revision: str | Iterable[str | None] | Iterable[str],
    directives: list[MigrationScript],
) -> None:
    """Name a new revision ``0007_what_it_does``: the next number and the message's words."""
    script = directives[0]
    taken = [path.name[:4] for path in (Path(__file__).parent / "versions").glob("[0-9]*.py")]
    words = (script.message or "change").lower().replace("-", " ").split()
    script.rev_id = f"{int(max(taken, default='0')) + 1:04}_{'_'.join(words)}"


def _migrate(connection: Connection) -> None:
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
    connection.execute(text(f"SELECT pg_advisory_lock({MIGRATION_LOCK})"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        transaction_per_migration=True,
        compare_server_default=True,
        render_item=_render_item,
        process_revision_directives=_number_revision,
    )
    with context.begin_transaction():
        context.run_migrations()


engine = create_engine(sqlalchemy_url(_database_url()), poolclass=pool.NullPool)
with engine.connect() as connection:
    _migrate(connection)
engine.dispose()
