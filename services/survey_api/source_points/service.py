"""Setting what another system's point is with us."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.tables import SourcePointMapping
from services.survey_api.source_points import repository
from services.survey_api.source_points.errors import MappingCountedProblem
from services.survey_api.source_points.schemas import SourcePointPut
from services.survey_api.surveys import service as surveys


async def put(
    session: AsyncSession, catalogue: Catalogue, body: SourcePointPut, *, reviewed_by: str, at: datetime
) -> SourcePointMapping:
    """The point's mapping, new or anew; the same again changes nothing.

    Raises :class:`MappingCountedProblem` where answers are counted under another mapping: figures do not move.
    """
    survey = await surveys.get_published(session, body.survey)
    unit = catalogue.find_unit(body.service_point, field="service_point")
    before = await repository.fetch_for_change(session, body.source, body.source_point)
    if before is not None:
        if (before.survey_code, before.service_point_code) == (survey.code, unit.code):
            return before
        if await repository.has_counted(session, before):
            raise MappingCountedProblem(
                f"answers from {body.source_point!r} are counted at {before.service_point_code!r} in "
                f"{before.survey_code!r}; leave the mapping, and give what comes from now on another point"
            )
    mapping = SourcePointMapping(
        source=body.source,
        source_point=body.source_point,
        survey_code=survey.code,
        service_point_code=unit.code,
        reviewed_by=reviewed_by,
        updated_at=at,
    )
    return await repository.put(session, mapping)
