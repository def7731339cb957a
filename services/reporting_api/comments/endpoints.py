"""/v1/quarters/{quarter}/comments: what residents wrote, as a person has released it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.reporting_api.comments import repository
from services.reporting_api.comments.repository import ReleasedRow
from services.reporting_api.comments.schemas import ReleasedComment, ReleasedComments
from services.reporting_api.conditional import NOT_MODIFIED, conditional_answer
from services.reporting_api.disclosure.policy import IN_FORCE
from services.reporting_api.periods.errors import PeriodLabelProblem, PeriodNotBegunProblem
from services.reporting_api.periods.inquiry import find_period
from services.reporting_api.periods.presenter import period_answer
from services.reporting_api.periods.schemas import PeriodAnswer
from services.shared.clock import now
from services.shared.database import ReadSessionDep
from services.shared.pagination import CursorQuery, LimitQuery, decode_position, encode_position, page_limit
from services.shared.periods import PeriodKind
from services.shared.problems import InvalidRequestProblem, UnauthorizedProblem, problem_responses
from services.shared.schemas import LANGUAGE_PATTERN
from services.shared.security import PrincipalDep

router = APIRouter(prefix="/v1/quarters", tags=["figures"])


@router.get(
    "/{quarter}/comments",
    summary="Released comments of a quarter",
    response_model=ReleasedComments,
    responses=NOT_MODIFIED
    | problem_responses(UnauthorizedProblem, PeriodNotBegunProblem, PeriodLabelProblem, InvalidRequestProblem),
)
async def released_comments(
    quarter: Annotated[str, Path(examples=["2021-Q2"])],
    request: Request,
    session: ReadSessionDep,
    principal: PrincipalDep,
    survey: Annotated[str | None, Query(max_length=100, description="Only of this survey.")] = None,
    lang: Annotated[str | None, Query(pattern=LANGUAGE_PATTERN, description="Only in this language.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = None,
) -> Response:
    """Only what a person has released in survey_api, and nothing of a survey that too few answered in the quarter."""
    as_of = now()
    period = find_period(PeriodKind.QUARTER, quarter, as_of)
    size = page_limit(limit)
    rows = await repository.list_released(
        session,
        period,
        survey=survey,
        language=lang,
        minimum=IN_FORCE.minimum_mean_base,
        after=decode_position(cursor, 3) if cursor else None,
        limit=size + 1,
    )
    answer = _answer(period_answer(period, is_complete=period.ends_at <= as_of), rows, size)
    return conditional_answer(request, answer, is_private=principal is not None)


def _answer(period: PeriodAnswer, rows: Sequence[ReleasedRow], size: int) -> ReleasedComments:
    """The first ``size`` of the rows, and where to go on if there are more."""
    page = rows[:size]
    last = page[-1] if len(rows) > size else None
    return ReleasedComments(
        period=period,
        minimum_respondents=IN_FORCE.minimum_mean_base,
        items=[
            ReleasedComment(
                survey=row.survey,
                question=row.question,
                language=row.language,
                comment=row.comment,
                is_demonstration=row.is_demonstration,
            )
            for row in page
        ],
        next=None if last is None else encode_position(last.survey, last.question, last.place),
    )
