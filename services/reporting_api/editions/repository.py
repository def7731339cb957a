"""Reading and writing editions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, inspect, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import col, func, select

from services.reporting_api.editions.errors import EditionInPreparationProblem
from services.shared.tables import Edition


async def list_editions(session: AsyncSession, quarter: str | None = None) -> Sequence[Edition]:
    """Editions of all states, of the quarter or of all, without their content; newest quarter and version first."""
    statement = select(Edition).order_by(col(Edition.quarter).desc(), col(Edition.version).desc())
    statement = statement.options(*_without_content())
    if quarter is not None:
        statement = statement.where(col(Edition.quarter) == quarter)
    return (await session.execute(statement)).scalars().all()


async def find(session: AsyncSession, quarter: str, version: int, *, is_locked: bool = False) -> Edition | None:
    """The edition; locked until the transaction's end where it is going to be changed."""
    statement = select(Edition).where(col(Edition.quarter) == quarter, col(Edition.version) == version)
    if is_locked:
        statement = statement.with_for_update()
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()


async def find_without_content(session: AsyncSession, quarter: str, version: int) -> Edition | None:
    """The edition, without the texts of its content, by far its largest part."""
    statement = select(Edition).where(col(Edition.quarter) == quarter, col(Edition.version) == version)
    return (await session.execute(statement.options(*_without_content()))).scalar_one_or_none()


async def last_published(session: AsyncSession) -> Edition | None:
    """The edition that was published last."""
    statement = select(Edition).where(col(Edition.published_at).is_not(None))
    return (await session.execute(statement.order_by(col(Edition.published_at).desc()).limit(1))).scalar_one_or_none()


async def last_published_at(session: AsyncSession) -> datetime | None:
    """When an edition was published last."""
    return (await session.execute(select(func.max(Edition.published_at)))).scalar_one()


async def insert(session: AsyncSession, edition: Edition) -> None:
    """Write a new draft; raises :class:`EditionInPreparationProblem` where the quarter has one."""
    try:
        async with session.begin_nested():
            session.add(edition)
    except IntegrityError as error:
        names = ("ix_edition_one_in_preparation", "pk_edition")
        if any(name in str(error.orig) for name in names):
            raise EditionInPreparationProblem(
                f"{edition.quarter} has an edition in preparation; publish it, or discard it with DELETE"
            ) from error
        raise


async def change(session: AsyncSession, edition: Edition, **values: object) -> None:
    """Change the edition's state and what belongs to it."""
    await session.execute(
        update(Edition)
        .where(col(Edition.quarter) == edition.quarter, col(Edition.version) == edition.version)
        .values(**values)
    )
    await session.refresh(edition)


async def discard(session: AsyncSession, edition: Edition) -> None:
    """Delete an edition in preparation."""
    await session.execute(
        delete(Edition).where(col(Edition.quarter) == edition.quarter, col(Edition.version) == edition.version)
    )


def _without_content() -> list[ORMOption]:
    attributes = inspect(Edition).attrs
    return [defer(attributes[name].class_attribute, raiseload=True) for name in ("content", "internal_content")]
