"""The definitions of the measures."""

from fastapi import APIRouter, Request, Response

from services.reporting_api.conditional import NOT_MODIFIED, conditional_answer
from services.reporting_api.measures.registry import MEASURES
from services.reporting_api.measures.schemas import MeasureAnswer, MeasureList

router = APIRouter(prefix="/v1", tags=["measures"])


@router.get("/measures", summary="What each figure means", response_model=MeasureList, responses=NOT_MODIFIED)
async def measure_list(request: Request) -> Response:
    """Every measure with its names, unit, precision, interval method, definition and base."""
    answer = MeasureList(measures=[MeasureAnswer.model_validate(measure) for measure in MEASURES.values()])
    return conditional_answer(request, answer)
