"""``/v1/smileys/counts``: presses counted by the hour elsewhere."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from services.shared.catalogue import CatalogueDep
from services.shared.database import sessions_of
from services.shared.ndjson import IMPORT_ANSWER, IMPORT_BODY, DryRunQuery, import_lines
from services.shared.problems import ForbiddenProblem, UnauthorizedProblem, problem_responses
from services.shared.scopes import Scope
from services.shared.security import require
from services.shared.settings import settings_of
from services.survey_api.hourly_counts.imports import CountsImport
from services.survey_api.surveys.cache import SurveyCacheDep

COUNTS_PATH = "/v1/smileys/counts"

router = APIRouter(prefix="/v1", tags=["responses"])


@router.post(
    COUNTS_PATH.removeprefix("/v1"),
    summary="Take hourly counts of smileys",
    dependencies=[Depends(require(Scope.SURVEY_IMPORT))],
    response_class=StreamingResponse,
    openapi_extra=IMPORT_BODY,
    responses={**IMPORT_ANSWER, **problem_responses(UnauthorizedProblem, ForbiddenProblem)},
)
async def smiley_counts_import(
    request: Request, surveys: SurveyCacheDep, catalogue: CatalogueDep, dry_run: DryRunQuery = False
) -> StreamingResponse:
    """NDJSON of any length; a line is `{"survey", "service_point" | "device" | "source" + "source_point", "hour",
    "counts": [the most negative first]}`.

    A line replaces what was counted of its hour from the same place, and never adds to it: `created`, `updated`,
    `unchanged`, `held` or `refused`, as where single presses of the hour are here. Needs the scope `survey:import`.
    """
    upload = CountsImport(sessions_of(request), catalogue, surveys, dry_run)
    return await import_lines(request, settings_of(request), upload.take_batch)
