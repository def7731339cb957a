"""``/v1/surveys/{code}/responses`` for the public, ``/v1/responses`` for systems with a key."""

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, sessions_of, transaction
from services.shared.idempotency import Idempotency, IdempotencyKeyHeader, caller_of
from services.shared.ndjson import IMPORT_ANSWER, IMPORT_BODY, DryRunQuery, import_prepared_lines
from services.shared.pagination import Cursor, CursorQuery, LimitQuery, add_next_link, page_limit, split_page
from services.shared.problems import (
    BadRequestProblem,
    ForbiddenProblem,
    IdempotencyKeyReusedProblem,
    InvalidRequestProblem,
    PayloadTooLargeProblem,
    UnauthorizedProblem,
    UnavailableProblem,
    UnsupportedMediaTypeProblem,
    problem_responses,
)
from services.shared.schemas import Day
from services.shared.scopes import Scope
from services.shared.security import PrincipalDep, require
from services.shared.settings import settings_of
from services.shared.tables import SurveyResponse
from services.survey_api.hourly_counts.errors import HourHasCountsProblem
from services.survey_api.json_body import require_json
from services.survey_api.responses import repository, service
from services.survey_api.responses.errors import (
    CompletionOverProblem,
    InteractionAnsweredProblem,
    ResponseConflictProblem,
    SurveyClosedProblem,
)
from services.survey_api.responses.group_route import GroupRoute, take_grouped
from services.survey_api.responses.imports import ResponseImport
from services.survey_api.responses.schemas import (
    ResponseCreate,
    ResponseCreated,
    ResponsePage,
    ResponseRead,
)
from services.survey_api.responses.submission import check_age
from services.survey_api.surveys.cache import SurveyCache, SurveyCacheDep
from services.survey_api.surveys.errors import OriginNotAllowedProblem, SurveyNotFoundProblem
from services.survey_api.surveys.origins import refuse_foreign_page

IMPORT_PATH = "/v1/responses/import"

answering = APIRouter(prefix="/v1", tags=["responses"], route_class=GroupRoute)
router = APIRouter(prefix="/v1", tags=["responses"])


@answering.post(
    "/surveys/{code}/responses",
    status_code=HTTPStatus.CREATED,
    summary="Answer a survey",
    dependencies=[Depends(require_json)],
    responses=problem_responses(
        BadRequestProblem,
        OriginNotAllowedProblem,
        SurveyNotFoundProblem,
        SurveyClosedProblem,
        ResponseConflictProblem,
        HourHasCountsProblem,
        InteractionAnsweredProblem,
        CompletionOverProblem,
        PayloadTooLargeProblem,
        UnsupportedMediaTypeProblem,
        InvalidRequestProblem,
        IdempotencyKeyReusedProblem,
        UnavailableProblem,
    ),
)
async def response_create(
    code: Annotated[str, Path(max_length=100, description="The survey's code.", examples=["dental-care-chat"])],
    request: Request,
    response: Response,
    body: ResponseCreate,
    catalogue: CatalogueDep,
    principal: PrincipalDep,
    background: BackgroundTasks,
    idempotency_key: IdempotencyKeyHeader = None,
) -> ResponseCreated:
    """Public. Safe to repeat with the same `id`, or with the same Idempotency-Key. A comment whose writer sets
    `please_handle` becomes a piece of feedback, also when the feedback service is away just now. A page may answer
    from the survey's `allowed_origins`.

    With `complete` false the response is partial: the same `id` may bring more answers for a while, each time all of
    them. A survey takes one response an interaction and version, unless it allows several."""
    if principal is not None and idempotency_key is None:
        # Without a key, the group was tried before FastAPI read the request.
        grouped = await take_grouped(request, code, body, catalogue, principal)
        if grouped is not None:
            return grouped
    if body.please_handle:
        # Runs after the answer was sent, and so after the commit.
        wake: asyncio.Event = request.app.state.handovers_waiting
        background.add_task(_wake, wake)
    async with transaction(request) as session:
        await refuse_foreign_page(request, session, code)

        async def submit() -> ResponseCreated:
            surveys: SurveyCache = request.app.state.surveys
            survey = await surveys.get(session, code)
            check_age(body, principal, at=now())
            key = await service.submit(session, catalogue, survey, body, at=now())
            return ResponseCreated(id=key.id)

        idempotency = Idempotency(request, response, session, caller_of(principal), idempotency_key)
        return await idempotency.answer(body, ResponseCreated, submit)


async def _wake(event: asyncio.Event) -> None:
    event.set()


@router.post(
    IMPORT_PATH.removeprefix("/v1"),
    summary="Take many responses",
    dependencies=[Depends(require(Scope.SURVEY_IMPORT))],
    response_class=StreamingResponse,
    openapi_extra=IMPORT_BODY,
    responses={**IMPORT_ANSWER, **problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem)},
)
async def response_import(
    request: Request, surveys: SurveyCacheDep, catalogue: CatalogueDep, dry_run: DryRunQuery = False
) -> StreamingResponse:
    """NDJSON of any length; a line is what `POST /v1/surveys/{code}/responses` takes, with the survey's code as
    `survey`, `id` and `given_at` always, and without `please_handle` and the contact. A line may come from a `device`
    of ours or a `source_point` of another system instead; docs/devices.md tells their fields.

    Answered line by line: `created`, `unchanged` (it was here already), `updated` (the sender's judgement of misuse
    changed), `held` (its device or point is not known yet) or `refused`, with the reason. A refused line costs its
    neighbours nothing, and repeating the upload doubles nothing. Needs the scope `survey:import`.
    """
    upload = ResponseImport(sessions_of(request), catalogue, surveys, dry_run)
    return await import_prepared_lines(request, settings_of(request), upload.prepare, upload.take_batch)


@router.get(
    "/responses",
    summary="List responses, without their texts",
    dependencies=[Depends(require(Scope.SURVEY_READ))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def response_list(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    survey: Annotated[str | None, Query(max_length=100, description="Only of this survey.")] = None,
    first_day: Annotated[Day | None, Query(alias="from", description="The first local day they were given.")] = None,
    last_day: Annotated[Day | None, Query(alias="to", description="The last local day they were given.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = None,
) -> ResponsePage:
    """In the order they were recorded. Comments are content and not listed. Needs the scope `survey:read`."""
    size = page_limit(limit)
    rows = await repository.list_responses(
        session,
        survey=survey,
        first_day=first_day,
        last_day=last_day,
        after=Cursor.decode(cursor) if cursor else None,
        limit=size + 1,
    )
    page, next_cursor = split_page(rows, size, lambda row: Cursor(row.recorded_at, row.id))
    add_next_link(request, response, next_cursor)
    return ResponsePage(items=[_read_of(row) for row in page], next=next_cursor)


def _read_of(row: SurveyResponse) -> ResponseRead:
    return ResponseRead(
        id=row.id,
        survey=row.survey_code,
        version=row.version,
        service_point=row.service_point_code,
        collection_mode=row.collection_mode,
        given_at=row.given_at,
        given_on=row.given_on,
        recorded_at=row.recorded_at,
        language=row.language,
        interaction_id=row.interaction_reference,
        answers=row.answers,
        device=row.device_code,
        source=row.source,
        source_point=row.source_point,
        precision=row.precision,
        source_misuse=row.source_misuse_reason,
        misuse=row.misuse_reason,
        complete=row.is_complete,
    )
