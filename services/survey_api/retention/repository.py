"""Finding comments that are due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.shared.tables import SurveyResponse, SurveyResponseContent
from services.survey_api.erasure.repository import ContentKey

_OF_RESPONSE = and_(
    col(SurveyResponse.service_point_code) == col(SurveyResponseContent.service_point_code),
    col(SurveyResponse.id) == col(SurveyResponseContent.response_id),
)


async def count_due(session: AsyncSession, before: datetime) -> tuple[int, datetime | None]:
    """How many responses given before the moment have comments, and when the oldest was given."""
    statement = (
        select(func.count(), func.min(col(SurveyResponse.given_at)))
        .select_from(SurveyResponseContent)
        .join(SurveyResponse, _OF_RESPONSE)
        .where(col(SurveyResponse.given_at) < before)
    )
    row = (await session.execute(statement)).one()
    return row[0], row[1]


async def lock_due(session: AsyncSession, before: datetime, limit: int) -> Sequence[ContentKey]:
    """Some of them, which nobody else changes until this transaction ends."""
    statement = (
        select(SurveyResponseContent.service_point_code, SurveyResponseContent.response_id)
        .join(SurveyResponse, _OF_RESPONSE)
        .where(col(SurveyResponse.given_at) < before)
        .order_by(col(SurveyResponseContent.service_point_code), col(SurveyResponseContent.response_id))
        .limit(limit)
        .with_for_update(of=SurveyResponseContent, skip_locked=True)
    )
    return [ContentKey(*row) for row in await session.execute(statement)]
