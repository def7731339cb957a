"""``/v1/held-answers``: what waits for a device to be registered or assigned, or for a point to be mapped."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.shared.catalogue import CatalogueDep
from services.shared.database import ReadSessionDep, sessions_of
from services.shared.pagination import Cursor, CursorQuery, LimitQuery, add_next_link, page_limit, split_page
from services.shared.problems import (
    ForbiddenProblem,
    InvalidRequestProblem,
    UnauthorizedProblem,
    problem_responses,
)
from services.shared.scopes import Scope
from services.shared.security import require
from services.shared.tables.devices import HoldReason
from services.survey_api.held_answers import repository
from services.survey_api.held_answers.schemas import HeldKey, HeldPage, HeldRead, ReleasedRead
from services.survey_api.held_answers.service import Release
from services.survey_api.surveys.cache import SurveyCacheDep

router = APIRouter(prefix="/v1/held-answers", tags=["devices"])


@router.get(
    "",
    summary="List the held answers",
    dependencies=[Depends(require(Scope.SURVEY_READ))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def held_answer_list(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    reason: Annotated[HoldReason | None, Query(description="Only those that wait for this.")] = None,
    key: Annotated[str | None, Query(max_length=500, description="Only those of this device or point.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = None,
) -> HeldPage:
    """The counts are of all that is held, the rows of what is asked for. Needs the scope `survey:read`."""
    size = page_limit(limit)
    after = Cursor.decode(cursor) if cursor else None
    rows = await repository.list_held(session, reason=reason, key=key, after=after, limit=size + 1)
    page, next_cursor = split_page(rows, size, lambda row: Cursor(row.received_at, row.id))
    by_reason = await repository.count_by_reason(session)
    add_next_link(request, response, next_cursor)
    return HeldPage(
        count=sum(by_reason.values()),
        by_reason={HoldReason(code): count for code, count in by_reason.items()},
        by_key=[HeldKey.of(row) for row in await repository.count_by_key(session, limit=size)],
        items=[HeldRead.of(row) for row in page],
        next=next_cursor,
    )


@router.post(
    "/release",
    summary="Count what can be counted by now",
    dependencies=[Depends(require(Scope.SURVEY_DEVICES))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem),
)
async def held_answer_release(request: Request, catalogue: CatalogueDep, surveys: SurveyCacheDep) -> ReleasedRead:
    """Tries again what was refused before, too, such as after a survey's times were mended. Assigning and mapping do
    this by themselves. Needs the scope `survey:devices`."""
    released = await Release(sessions_of(request), catalogue, surveys).run(tries_again=True)
    return ReleasedRead.model_validate(released)
