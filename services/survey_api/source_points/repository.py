"""Reading and writing the mapping of other systems' points."""

from collections.abc import Sequence

from sqlalchemy import exists, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.tables import HourlyCount, SourcePointMapping, SurveyResponse
from services.survey_api.responses.origins import source_key


async def fetch_locked(session: AsyncSession, points: Sequence[tuple[str, str]]) -> Sequence[SourcePointMapping]:
    """The mappings of those of the points that have one; none of them changes before the transaction ends."""
    table = SourcePointMapping
    statement = (
        select(table)
        .where(tuple_(col(table.source), col(table.source_point)).in_(points))
        .order_by(col(table.source), col(table.source_point))
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalars().all()


async def fetch_for_change(session: AsyncSession, source: str, source_point: str) -> SourcePointMapping | None:
    """The point's mapping, which nobody else reads or changes before the transaction ends; None where it has none."""
    statement = (
        select(SourcePointMapping)
        .where(col(SourcePointMapping.source) == source, col(SourcePointMapping.source_point) == source_point)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def put(session: AsyncSession, mapping: SourcePointMapping) -> SourcePointMapping:
    """Set the point's mapping, new or anew."""
    values = mapping.model_dump()
    key = ("source", "source_point")
    statement = (
        insert(SourcePointMapping)
        .values(**values)
        .on_conflict_do_update(
            index_elements=key, set_={name: value for name, value in values.items() if name not in key}
        )
        .returning(SourcePointMapping)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one()


async def has_counted(session: AsyncSession, mapping: SourcePointMapping) -> bool:
    """Whether anything that came from the point is counted where it is mapped."""
    responses = exists().where(
        col(SurveyResponse.source) == mapping.source, col(SurveyResponse.source_point) == mapping.source_point
    )
    counts = exists().where(
        col(HourlyCount.service_point_code) == mapping.service_point_code,
        col(HourlyCount.survey_code) == mapping.survey_code,
        col(HourlyCount.origin) == source_key(mapping.source, mapping.source_point),
    )
    return bool((await session.execute(select(responses | counts))).scalar_one())


async def list_mappings(
    session: AsyncSession, *, source: str | None, after: tuple[str, ...] | None, limit: int
) -> Sequence[SourcePointMapping]:
    """Up to ``limit`` mappings after the (source, point), in their order."""
    table = SourcePointMapping
    columns = (col(table.source), col(table.source_point))
    statement = select(table).order_by(*columns).limit(limit)
    if source is not None:
        statement = statement.where(col(table.source) == source)
    if after is not None:
        statement = statement.where(tuple_(*columns) > after)
    return (await session.execute(statement)).scalars().all()
