"""Reading and writing the ombudsman contact tables."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.bulk_insert import bulk_insert
from services.shared.pagination import Cursor
from services.shared.tables import OmbudsmanContact, OmbudsmanContactReason


async def write(session: AsyncSession, contacts: list[dict[str, Any]], reasons: list[dict[str, Any]]) -> None:
    """Insert contacts with their reasons."""
    await bulk_insert(session, OmbudsmanContact, contacts)
    await bulk_insert(session, OmbudsmanContactReason, reasons)


async def fetch_by_reference(
    session: AsyncSession, references: Collection[tuple[str, str]]
) -> dict[tuple[str, str], OmbudsmanContact]:
    """The registered contacts among (source, reference) pairs."""
    key = tuple_(col(OmbudsmanContact.source), col(OmbudsmanContact.source_reference))
    rows = (await session.execute(select(OmbudsmanContact).where(key.in_(references)))).scalars()
    return {(row.source, row.source_reference or ""): row for row in rows}


async def fetch_reasons(session: AsyncSession, contact_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """The reasons of each contact."""
    statement = (
        select(OmbudsmanContactReason.contact_id, OmbudsmanContactReason.reason_code)
        .where(col(OmbudsmanContactReason.contact_id).in_(contact_ids))
        .order_by(col(OmbudsmanContactReason.reason_code))
    )
    reasons: dict[UUID, list[str]] = {contact_id: [] for contact_id in contact_ids}
    for row in await session.execute(statement):
        reasons[row.contact_id].append(row.reason_code)
    return reasons


async def list_contacts(
    session: AsyncSession, first_day: date | None, last_day: date | None, after: Cursor | None, limit: int
) -> Sequence[OmbudsmanContact]:
    """Up to ``limit`` contacts after the cursor, in the order they were registered."""
    statement = (
        select(OmbudsmanContact).order_by(col(OmbudsmanContact.recorded_at), col(OmbudsmanContact.id)).limit(limit)
    )
    if first_day is not None:
        statement = statement.where(col(OmbudsmanContact.contacted_on) >= first_day)
    if last_day is not None:
        statement = statement.where(col(OmbudsmanContact.contacted_on) <= last_day)
    if after is not None:
        position = tuple_(col(OmbudsmanContact.recorded_at), col(OmbudsmanContact.id))
        statement = statement.where(position > (after.instant, after.id))
    return (await session.execute(statement)).scalars().all()


async def count_by(session: AsyncSession, column: Any, first_day: date, last_day: date) -> dict[str, int]:
    """Contacts of the days, counted by a column of theirs or of their reasons."""
    statement = (
        select(column, func.count())
        .select_from(OmbudsmanContact)
        .where(col(OmbudsmanContact.contacted_on).between(first_day, last_day))
        .group_by(column)
        .order_by(column)
    )
    if column is col(OmbudsmanContactReason.reason_code):
        statement = statement.join(
            OmbudsmanContactReason, col(OmbudsmanContactReason.contact_id) == col(OmbudsmanContact.id)
        )
    return {row[0]: row[1] for row in await session.execute(statement)}
