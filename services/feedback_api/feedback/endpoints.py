"""/v1/feedback: sending, importing, reading and handling."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.feedback_api.attachments.errors import AttachmentsNotConfiguredProblem
from services.feedback_api.deadlines import repository as deadlines
from services.feedback_api.deadlines.due_lists import Due, DueWindow, window_of
from services.feedback_api.feedback import handling, importing, presenter, repository
from services.feedback_api.feedback.errors import (
    EventNotAllowedProblem,
    EventOutOfOrderProblem,
    FeedbackNotFoundProblem,
)
from services.feedback_api.feedback.group_route import GroupRoute
from services.feedback_api.feedback.repository import Filters
from services.feedback_api.feedback.schemas import (
    BulkEventCreate,
    BulkEventsRecorded,
    EventCreate,
    EventRecorded,
    FeedbackDetail,
    FeedbackPage,
    FeedbackReceipt,
)
from services.feedback_api.feedback.sending import SenderDep
from services.feedback_api.feedback.submission import REQUEST_BODY, SubmissionDep
from services.feedback_api.spam.rate_limit import SubmissionLimit
from services.shared.catalogue import CatalogueDep, UnitsAs
from services.shared.clock import local_day, now
from services.shared.database import ReadSessionDep, SessionDep, sessions_of
from services.shared.idempotency import IdempotencyDep
from services.shared.ndjson import IMPORT_ANSWER, IMPORT_BODY, import_lines
from services.shared.pagination import Cursor, CursorQuery, LimitQuery, add_next_link, page_limit, split_page
from services.shared.problems import (
    BadRequestProblem,
    ForbiddenProblem,
    IdempotencyKeyReusedProblem,
    InvalidRequestProblem,
    PayloadTooLargeProblem,
    TooManyRequestsProblem,
    UnauthorizedProblem,
    UnavailableProblem,
    UnsupportedMediaTypeProblem,
    problem_responses,
)
from services.shared.schemas import Code, Day, Instant
from services.shared.scopes import Scope
from services.shared.security import Principal, require
from services.shared.settings import settings_of
from services.shared.tables import Feedback
from services.shared.tables.feedback import FeedbackState, Hold

sending = APIRouter(prefix="/v1/feedback", tags=["feedback"], route_class=GroupRoute)
router = APIRouter(prefix="/v1/feedback", tags=["feedback"])

HandlerDep = Annotated[Principal, Depends(require(Scope.FEEDBACK_HANDLE))]
ImporterDep = Annotated[Principal, Depends(require(Scope.FEEDBACK_IMPORT))]

IMPORT_PATH = "/v1/feedback/import"


@sending.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Send feedback",
    dependencies=[SubmissionLimit],
    openapi_extra={"requestBody": REQUEST_BODY},
    responses=problem_responses(
        BadRequestProblem,
        ForbiddenProblem,
        PayloadTooLargeProblem,
        UnsupportedMediaTypeProblem,
        InvalidRequestProblem,
        IdempotencyKeyReusedProblem,
        TooManyRequestsProblem,
        AttachmentsNotConfiguredProblem,
        UnavailableProblem,
    ),
)
async def feedback_submit(submission: SubmissionDep, sender: SenderDep, idempotency: IdempotencyDep) -> FeedbackReceipt:
    """Takes JSON, or what an HTML form sends, with files too. Unknown JSON fields are refused; other inputs of a form
    are ignored. What looks like spam or no feedback at all is taken as well, and kept apart until staff have read it.
    """
    return await sender.send(submission, idempotency)


@router.post(
    "/import",
    summary="Import feedback of another system",
    openapi_extra=IMPORT_BODY,
    responses={**IMPORT_ANSWER, **problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem)},
    response_class=StreamingResponse,
)
async def feedback_import(request: Request, importer: ImporterDep, catalogue: CatalogueDep) -> StreamingResponse:
    """NDJSON of any length, one item a line: `source`, `reference`, `received_at`, `text` and the fields of
    `POST /v1/feedback`, and `events`, each with `kind` and `occurred_at`. Safe to repeat: a line that is here
    already is `unchanged`, one with further events is `extended`.
    """
    return await import_lines(
        request,
        settings_of(request),
        lambda lines: importing.take_batch(sessions_of(request), catalogue, lines, actor=importer.name, now=now()),
    )


@router.get(
    "",
    summary="List feedback",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def feedback_list(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    _handler: HandlerDep,
    updated_since: Annotated[Instant | None, Query(description="Changed at or after this time.")] = None,
    received_from: Annotated[Day | None, Query(description="First local day of receipt.")] = None,
    received_to: Annotated[Day | None, Query(description="Last local day of receipt.")] = None,
    state: FeedbackState | None = None,
    source: Annotated[Code | None, Query(description="Of one source only.")] = None,
    type: Annotated[Code | None, Query(description="Of one feedback type.")] = None,  # noqa: A002 (the API's word)
    topic: Annotated[Code | None, Query(description="Of one topic.")] = None,
    unit: Annotated[Code | None, Query(description="Of the unit and everything below it.")] = None,
    units: Annotated[
        UnitsAs, Query(description="With `unit`: by the organisation of the time, or by today's.")
    ] = UnitsAs.THEN,
    due: Annotated[
        Due | None,
        Query(
            description="Open items with a deadline: `overdue` where the last day is over, `soon` where it is today or "
            "within the setting `deadline_soon_days`."
        ),
    ] = None,
    hold: Annotated[Hold | None, Query(description="Kept apart from the figures as this.")] = None,
    q: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            description="Words of the title or text, in any inflection of Finnish, Swedish or English; `-word` leaves "
            'out, `"two words"` keeps together, `or` takes either.',
        ),
    ] = None,
    limit: LimitQuery = None,
    cursor: CursorQuery = None,
) -> FeedbackPage:
    """In the order items were last changed: repeat with `updated_since` to follow all changes, missing none."""
    filters = Filters(
        updated_since=updated_since,
        received_from=received_from,
        received_to=received_to,
        state=state,
        source=source,
        type_code=catalogue.resolve_type(type).code if type else None,
        topic_code=catalogue.resolve_topic(topic).code if topic else None,
        unit_codes=catalogue.branch(catalogue.find_unit_as(unit, units=units).code, units=units) if unit else None,
        due=_window_of(request, due) if due else None,
        hold=hold,
        words=q,
    )
    size = page_limit(limit)
    rows = await repository.list_facts(session, filters, Cursor.decode(cursor) if cursor else None, size + 1)
    page, next_cursor = split_page(rows, size, _cursor_of)
    themes = await repository.fetch_themes(session, [facts.id for facts in page])
    due_dates = await deadlines.fetch_deadlines(session, [facts.id for facts in page])
    add_next_link(request, response, next_cursor)
    return FeedbackPage(
        items=[presenter.summary_of(facts, themes[facts.id], due_dates.get(facts.id)) for facts in page],
        next=next_cursor,
    )


@router.post(
    "/events",
    summary="Record the same thing for many pieces of feedback",
    responses=problem_responses(
        UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem, IdempotencyKeyReusedProblem
    ),
)
async def feedback_record_events(
    request: Request,
    bulk: BulkEventCreate,
    session: SessionDep,
    catalogue: CatalogueDep,
    handler: HandlerDep,
    idempotency: IdempotencyDep,
) -> BulkEventsRecorded:
    """Appends the event to each item; one whose state does not allow it is refused alone, with the reason."""

    async def work() -> BulkEventsRecorded:
        results = await handling.record_in_bulk(
            session, catalogue, settings_of(request), bulk, actor=handler.name, now=now()
        )
        recorded = sum(result.status == "recorded" for result in results)
        return BulkEventsRecorded(recorded=recorded, refused=len(results) - recorded, results=results)

    return await idempotency.answer(bulk, BulkEventsRecorded, work)


@router.get(
    "/{feedback_id}",
    summary="Read one piece of feedback",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, FeedbackNotFoundProblem),
)
async def feedback_read(feedback_id: UUID, session: ReadSessionDep, _handler: HandlerDep) -> FeedbackDetail:
    """With its content, unless erased, and its events."""
    facts = await repository.find(session, feedback_id)
    if facts is None:
        raise FeedbackNotFoundProblem
    themes = await repository.fetch_themes(session, [feedback_id])
    due_dates = await deadlines.fetch_deadlines(session, [feedback_id])
    events = await repository.fetch_events(session, [feedback_id])
    return presenter.detail_of(
        facts,
        themes[feedback_id],
        due_dates.get(feedback_id),
        await repository.fetch_content(session, feedback_id),
        events[feedback_id],
        await repository.fetch_notes(session, feedback_id),
    )


@router.post(
    "/{feedback_id}/events",
    status_code=HTTPStatus.CREATED,
    summary="Record what happened to a piece of feedback",
    responses=problem_responses(
        UnauthorizedProblem,
        ForbiddenProblem,
        FeedbackNotFoundProblem,
        EventNotAllowedProblem,
        EventOutOfOrderProblem,
        InvalidRequestProblem,
        IdempotencyKeyReusedProblem,
    ),
)
async def feedback_record_event(
    request: Request,
    feedback_id: UUID,
    event: EventCreate,
    session: SessionDep,
    catalogue: CatalogueDep,
    handler: HandlerDep,
    idempotency: IdempotencyDep,
) -> EventRecorded:
    """Appends an event; the state and both clocks follow from it. A state that does not allow it answers 409."""

    async def work() -> EventRecorded:
        recorded = await handling.record_event(
            session, catalogue, settings_of(request), feedback_id, event, actor=handler.name, now=now()
        )
        themes = await repository.fetch_themes(session, [feedback_id])
        due_dates = await deadlines.fetch_deadlines(session, [feedback_id])
        summary = presenter.summary_of(recorded.facts, themes[feedback_id], due_dates.get(feedback_id))
        return EventRecorded(event_id=recorded.event_id, feedback=summary, mail=recorded.mail)

    return await idempotency.answer(event, EventRecorded, work)


def _window_of(request: Request, due: Due) -> DueWindow:
    return window_of(due, today=local_day(now()), soon_days=settings_of(request).deadline_soon_days)


def _cursor_of(facts: Feedback) -> Cursor:
    return Cursor(facts.updated_at, facts.id)
