"""``/v1/comments``: reading comments, and deciding which are published."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy import Row

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
from services.shared.schemas import Day
from services.shared.scopes import Scope
from services.shared.security import Principal, require
from services.survey_api.comments import repository, service
from services.survey_api.comments.errors import CommentChangedProblem, CommentNotFoundProblem
from services.survey_api.comments.repository import Position
from services.survey_api.comments.schemas import CommentDecided, CommentPage, CommentRead, CommentState, DecisionPut
from services.survey_api.json_body import require_json

router = APIRouter(prefix="/v1/comments", tags=["comments"])


@router.get(
    "",
    summary="List comments, and what was decided about them",
    dependencies=[Depends(require(Scope.SURVEY_MODERATE))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def comment_list(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    state: Annotated[CommentState | None, Query(description="Only those that stand so.")] = None,
    survey: Annotated[str | None, Query(max_length=100, description="Only of this survey.")] = None,
    first_day: Annotated[Day | None, Query(alias="from", description="The first local day they were given.")] = None,
    last_day: Annotated[Day | None, Query(alias="to", description="The last local day they were given.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = None,
) -> CommentPage:
    """In the order their responses were recorded, personal data masked. Needs the scope `survey:moderate`."""
    size = page_limit(limit)
    rows = await repository.list_comments(
        session,
        state=state,
        survey=survey,
        first_day=first_day,
        last_day=last_day,
        after=_position_of(cursor) if cursor else None,
        limit=size + 1,
    )
    page = rows[:size]
    next_cursor = _cursor_of(page[-1]) if len(rows) > size else None
    add_next_link(request, response, next_cursor)
    return CommentPage(items=[_read_of(row) for row in page], next=next_cursor)


@router.put(
    "/{response_id}/{question}/decision",
    summary="Release or withhold a comment",
    dependencies=[Depends(require_json)],
    responses=problem_responses(
        BadRequestProblem,
        UnauthorizedProblem,
        ForbiddenProblem,
        CommentNotFoundProblem,
        CommentChangedProblem,
        UnsupportedMediaTypeProblem,
        InvalidRequestProblem,
    ),
)
async def comment_decide(
    response_id: UUID,
    question: Annotated[str, Path(max_length=100, description="The question's code.")],
    body: DecisionPut,
    principal: Annotated[Principal, Depends(require(Scope.SURVEY_MODERATE))],
    session: SessionDep,
) -> CommentDecided:
    """In the place of an earlier decision. What is released is shown in its own words, or in `shown_text`. A comment
    that changes afterwards loses its decision. Needs the scope `survey:moderate`."""
    return await service.decide(session, response_id, question, body, decided_by=principal.name, at=now())


def _cursor_of(row: Row[Any]) -> str:
    return encode_position(row.recorded_at.isoformat(), str(row.id), row.service_point_code, row.question_code)


def _position_of(cursor: str) -> Position:
    recorded_at, response_id, service_point, question = decode_position(cursor, 4)
    try:
        position = Position(datetime.fromisoformat(recorded_at), UUID(response_id), service_point, question)
    except ValueError as error:
        raise not_ours() from error
    return position


def _read_of(row: Row[Any]) -> CommentRead:
    decided = None
    if row.decision is not None:
        decided = CommentDecided.model_validate(row)
    return CommentRead(
        response_id=row.id,
        question=row.question_code,
        service_point=row.service_point_code,
        survey=row.survey_code,
        version=row.version,
        given_on=row.given_on,
        language=row.language,
        comment=row.comment,
        fingerprint=service.fingerprint_of(row.comment),
        state=CommentState(row.decision or CommentState.PENDING),
        decision=decided,
    )
