"""Reading and writing counts of invitations."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.tables import SurveyInvitation
from services.survey_api.invitations.schemas import InvitationOutcome

Key = tuple[str, date, str]
"""Service point, day and way, of one survey."""


def key_of(row: SurveyInvitation) -> Key:
    """What the count is of."""
    return row.service_point_code, row.sent_on, row.collection_mode


async def replace(session: AsyncSession, rows: Sequence[SurveyInvitation]) -> dict[Key, InvitationOutcome]:
    """Put each of the counts, of which no two have the same key, in the place of the one before; what became of it."""
    table = SurveyInvitation
    # In one order, so that two requests never wait for each other.
    statement = insert(table).values([row.model_dump() for row in sorted(rows, key=key_of)])
    statement = statement.on_conflict_do_update(
        index_elements=["service_point_code", "survey_code", "sent_on", "collection_mode"],
        set_={"count": statement.excluded.count, "recorded_at": statement.excluded.recorded_at},
        where=col(table.count) != statement.excluded.count,
    )
    # A row that was there before has the transaction that replaced it as its xmax; one left as it is, is not returned.
    written = await session.execute(
        statement.returning(
            col(table.service_point_code), col(table.sent_on), col(table.collection_mode), text("xmax = 0 AS is_new")
        )
    )
    outcomes = dict.fromkeys(map(key_of, rows), InvitationOutcome.UNCHANGED)
    for *key, is_new in written:
        outcomes[key[0], key[1], key[2]] = InvitationOutcome.CREATED if is_new else InvitationOutcome.UPDATED
    return outcomes


async def list_counts(
    session: AsyncSession,
    survey: str,
    *,
    first_day: date | None,
    last_day: date | None,
    after: Key | None,
    limit: int,
) -> Sequence[SurveyInvitation]:
    """Up to ``limit`` counts of the survey's days, both included, after the key ``after``; by day, place and way."""
    table = SurveyInvitation
    columns = (col(table.sent_on), col(table.service_point_code), col(table.collection_mode))
    statement = select(table).where(col(table.survey_code) == survey).order_by(*columns).limit(limit)
    if first_day is not None:
        statement = statement.where(col(table.sent_on) >= first_day)
    if last_day is not None:
        statement = statement.where(col(table.sent_on) <= last_day)
    if after is not None:
        service_point, day, mode = after
        statement = statement.where(tuple_(*columns) > (day, service_point, mode))
    return (await session.execute(statement)).scalars().all()
