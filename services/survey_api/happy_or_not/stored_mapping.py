"""The stored mapping as the rules use it."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.tables.happy_or_not import Generation, IndexOrder
from services.survey_api.happy_or_not import repository
from services.survey_api.happy_or_not.mapping import SurveyMapping, VendorMapping


async def fetch_vendor_mapping(session: AsyncSession) -> VendorMapping:
    """The mapping as the rules use it."""
    stored = await repository.fetch_mapping(session)
    points: dict[tuple[str, str], dict[str, str]] = {}
    for point in stored.points:
        points.setdefault((point.generation, point.survey_id), {})[point.point_id] = point.service_point_code
    return VendorMapping(
        {
            (Generation(row.generation), row.survey_id): SurveyMapping(
                survey_code=row.survey_code,
                rating_question=row.rating_question,
                comment_question=row.comment_question,
                follow_up_question=row.follow_up_question,
                options=row.options,
                index_order=IndexOrder(row.index_order),
                reviewed_by=row.reviewed_by,
                points=points.get((row.generation, row.survey_id), {}),
            )
            for row in stored.surveys
        }
    )
