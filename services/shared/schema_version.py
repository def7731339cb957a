"""Which revision of the schema this code was written for, and which one a database has."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


@lru_cache(maxsize=1)
def expected_revision() -> str:
    """The newest revision in ``migrations/versions``: files are numbered, and the revision is the file's stem."""
    names = [entry.name for entry in resources.files("migrations.versions").iterdir()]
    return max(name.removesuffix(".py") for name in names if name.endswith(".py") and name[:1].isdigit())


async def database_revision(session: AsyncSession) -> str | None:
    """The revision the database was migrated to, or None where it has none."""
    # Imported here: the command asks for the expected revision at every start, and must not wait for SQLAlchemy.
    from sqlalchemy import text  # noqa: PLC0415 (slow)

    exists = await session.execute(text("SELECT to_regclass('alembic_version')"))
    if exists.scalar_one() is None:
        return None
    found = await session.execute(text("SELECT version_num FROM alembic_version"))
    return found.scalar_one_or_none()
