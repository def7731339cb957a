"""/v1/ombudsman-contacts: registering, importing, listing and counting."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.feedback_api.ombudsman import repository, service
from services.feedback_api.ombudsman.schemas import ContactCounts, ContactCreate, ContactPage, ContactPublic
from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep, sessions_of
from services.shared.idempotency import IdempotencyDep
from services.shared.ndjson import IMPORT_ANSWER, IMPORT_BODY, import_lines
from services.shared.pagination import Cursor, CursorQuery, LimitQuery, add_next_link, page_limit, split_page
from services.shared.problems import (
    ForbiddenProblem,
    IdempotencyKeyReusedProblem,
    InvalidRequestProblem,
    UnauthorizedProblem,
    problem_responses,
)
from services.shared.schemas import Day, refuse_reversed_days
from services.shared.scopes import Scope
from services.shared.security import require
from services.shared.settings import settings_of
from services.shared.tables import OmbudsmanContact

router = APIRouter(
    prefix="/v1/ombudsman-contacts",
    tags=["ombudsman"],
    dependencies=[Depends(require(Scope.OMBUDSMAN))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem),
)

IMPORT_PATH = "/v1/ombudsman-contacts/import"

FromQuery = Annotated[Day, Query(alias="from", description="First day.")]
ToQuery = Annotated[Day, Query(alias="to", description="Last day.")]


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Register a contact to the ombudsmen",
    responses=problem_responses(InvalidRequestProblem, IdempotencyKeyReusedProblem),
)
async def ombudsman_contact_create(
    contact: ContactCreate, session: SessionDep, catalogue: CatalogueDep, idempotency: IdempotencyDep
) -> ContactPublic:
    """Date, service, reasons and how it came: nothing about the client."""

    async def work() -> ContactPublic:
        return await service.register(session, catalogue, contact, now())

    return await idempotency.answer(contact, ContactPublic, work)


@router.post(
    "/import",
    summary="Import contacts of another register",
    openapi_extra=IMPORT_BODY,
    responses={**IMPORT_ANSWER, **problem_responses(InvalidRequestProblem)},
    response_class=StreamingResponse,
)
async def ombudsman_contact_import(request: Request, catalogue: CatalogueDep) -> StreamingResponse:
    """NDJSON of any length: the fields of a contact with `source` and `reference`. Safe to repeat."""
    return await import_lines(
        request,
        settings_of(request),
        lambda lines: service.take_batch(sessions_of(request), catalogue, lines, now=now()),
    )


@router.get("", summary="List contacts", responses=problem_responses(InvalidRequestProblem))
async def ombudsman_contact_list(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    first_day: Annotated[Day | None, Query(alias="from", description="First day.")] = None,
    last_day: Annotated[Day | None, Query(alias="to", description="Last day.")] = None,
    limit: LimitQuery = None,
    cursor: CursorQuery = None,
) -> ContactPage:
    """In the order they were registered."""
    size = page_limit(limit)
    after = Cursor.decode(cursor) if cursor else None
    rows = await repository.list_contacts(session, first_day, last_day, after, size + 1)
    page, next_cursor = split_page(rows, size, _cursor_of)
    reasons = await repository.fetch_reasons(session, [contact.id for contact in page])
    add_next_link(request, response, next_cursor)
    return ContactPage(items=[service.present(contact, reasons[contact.id]) for contact in page], next=next_cursor)


@router.get("/counts", summary="Count contacts", responses=problem_responses(InvalidRequestProblem))
async def ombudsman_contact_count(
    session: ReadSessionDep, catalogue: CatalogueDep, first_day: FromQuery, last_day: ToQuery
) -> ContactCounts:
    """By service, way of contact and reason."""
    refuse_reversed_days(first_day, last_day)
    return await service.count(session, catalogue, first_day, last_day)


def _cursor_of(contact: OmbudsmanContact) -> Cursor:
    return Cursor(contact.recorded_at, contact.id)
