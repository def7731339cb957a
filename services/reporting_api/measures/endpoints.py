"""The definitions of the measures."""

from fastapi import APIRouter, Request, Response

from services.reporting_api.conditional import NOT_MODIFIED, conditional_answer
from services.reporting_api.measures.registry import MEASURES
from services.reporting_api.measures.schemas import DataSourceAnswer, MeasureList, SourcedMeasureAnswer
from services.reporting_api.measures.texts import data_sources

router = APIRouter(prefix="/v1", tags=["measures"])


@router.get("/measures", summary="What each figure means", response_model=MeasureList, responses=NOT_MODIFIED)
async def measure_list(request: Request) -> Response:
    """Every measure with its names, unit, precision, interval method, definition, base and the source of its data.

    `/reviews/definitions` has the same to read.
    """
    answer = MeasureList(
        measures=[SourcedMeasureAnswer.model_validate(measure) for measure in MEASURES.values()],
        sources=[DataSourceAnswer.model_validate(source) for source in data_sources().values()],
    )
    return conditional_answer(request, answer)
