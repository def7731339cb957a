"""``/v1/surveys/{code}/invitations``: how many were invited to answer."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.pagination import (
    CursorQuery,
    LimitQuery,
    add_next_link,
    decode_position,
    encode_position,
    not_ours,
    page_limit,
)
from services.shared.problems import (
    BadRequestProblem,
    ForbiddenProblem,
    InvalidRequestProblem,
    UnauthorizedProblem,
    UnsupportedMediaTypeProblem,
    problem_responses,
)
from services.shared.schemas import Day, refuse_reversed_days
from services.shared.scopes import Scope
from services.shared.security import require
from services.survey_api.invitations import repository, service
from services.survey_api.invitations.repository import Key
from services.survey_api.invitations.schemas import (
    InvitationPage,
    InvitationRead,
    InvitationsReplace,
    InvitationsWritten,
)
from services.survey_api.json_body import require_json
from services.survey_api.surveys.cache import SurveyCacheDep
from services.survey_api.surveys.endpoints import SurveyPath
from services.survey_api.surveys.errors import SurveyNotFoundProblem

router = APIRouter(prefix="/v1/surveys/{code}/invitations", tags=["surveys"])

_PROBLEMS = (UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem, SurveyNotFoundProblem)


@router.post(
    "",
    summary="Record how many were invited",
    dependencies=[Depends(require(Scope.SURVEY_IMPORT)), Depends(require_json)],
    responses=problem_responses(*_PROBLEMS, BadRequestProblem, UnsupportedMediaTypeProblem),
)
async def invitation_record(
    code: SurveyPath,
    body: InvitationsReplace,
    catalogue: CatalogueDep,
    surveys: SurveyCacheDep,
    session: SessionDep,
) -> InvitationsWritten:
    """The survey's response rate is of these. A count replaces what was said of its day, way and service point before
    and never adds to it, so sending it again is safe; 0 takes it back. All are stored, or none. Needs the scope
    `survey:import`."""
    return await service.record(session, catalogue, await surveys.get(session, code), body, at=now())


@router.get(
    "",
    summary="List how many were invited",
    dependencies=[Depends(require(Scope.SURVEY_READ))],
    responses=problem_responses(*_PROBLEMS),
)
async def invitation_list(
    code: SurveyPath,
    request: Request,
    response: Response,
    surveys: SurveyCacheDep,
    session: ReadSessionDep,
    first_day: Annotated[Day | None, Query(alias="from", description="First day.")] = None,
    last_day: Annotated[Day | None, Query(alias="to", description="Last day.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = None,
) -> InvitationPage:
    """By day, service point and way. Needs the scope `survey:read`."""
    refuse_reversed_days(first_day, last_day)
    survey = await surveys.get(session, code)
    size = page_limit(limit)
    rows = await repository.list_counts(
        session, survey.code, first_day=first_day, last_day=last_day, after=_decode(cursor), limit=size + 1
    )
    page = [InvitationRead.of(row) for row in rows[:size]]
    next_cursor = _encode(page[-1]) if len(rows) > size else None
    add_next_link(request, response, next_cursor)
    return InvitationPage(items=page, next=next_cursor)


def _encode(last: InvitationRead) -> str:
    return encode_position(last.sent_on.isoformat(), last.service_point, last.collection_mode)


def _decode(cursor: str | None) -> Key | None:
    if cursor is None:
        return None
    day, service_point, mode = decode_position(cursor, 3)
    try:
        return service_point, date.fromisoformat(day), mode
    except ValueError as error:
        raise not_ours() from error
