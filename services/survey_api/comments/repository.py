"""Reading comments, and writing what was decided about them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.tables import CommentDecision, SurveyResponse, SurveyResponseContent

_LIST = text(
    """
    SELECT response.service_point_code, response.id, response.survey_code, response.version, response.given_on,
        response.recorded_at, response.language, given.question_code, given.comment,
        decision.decision, decision.reason, decision.decided_by, decision.decided_at, decision.shown_text
    FROM survey_response_content AS content
    JOIN survey_response AS response
        ON (response.service_point_code, response.id) = (content.service_point_code, content.response_id)
    CROSS JOIN LATERAL jsonb_each_text(content.comments) AS given (question_code, comment)
    LEFT JOIN comment_decision AS decision
        ON (decision.service_point_code, decision.response_id, decision.question_code)
        = (response.service_point_code, response.id, given.question_code)
    WHERE (CAST(:state AS text) IS NULL OR coalesce(decision.decision, 'pending') = :state)
        AND (CAST(:survey AS text) IS NULL OR response.survey_code = :survey)
        AND (CAST(:first_day AS date) IS NULL OR response.given_on >= :first_day)
        AND (CAST(:last_day AS date) IS NULL OR response.given_on <= :last_day)
        AND (CAST(:recorded_at AS timestamptz) IS NULL
            OR (response.recorded_at, response.id, response.service_point_code, given.question_code)
            > (CAST(:recorded_at AS timestamptz), CAST(:id AS uuid), :service_point, :question))
    ORDER BY response.recorded_at, response.id, response.service_point_code, given.question_code
    LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class Position:
    """The last comment of the page before."""

    recorded_at: datetime
    id: UUID
    service_point: str
    question: str


async def list_comments(
    session: AsyncSession,
    *,
    state: str | None,
    survey: str | None,
    first_day: date | None,
    last_day: date | None,
    after: Position | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Up to ``limit`` comments after the position, with what was decided about each."""
    nowhere = dict.fromkeys(("recorded_at", "id", "service_point", "question"))
    return (
        await session.execute(
            _LIST,
            {
                "state": state,
                "survey": survey,
                "first_day": first_day,
                "last_day": last_day,
                "limit": limit,
                **(asdict(after) if after else nowhere),
            },
        )
    ).all()


async def lock_comment(session: AsyncSession, service_point: str, response_id: UUID, question: str) -> str | None:
    """The comment's words, which nobody changes or erases before the transaction ends; None where there is none.

    The response is locked first, as everything does that changes its comments.
    """
    response = SurveyResponse
    locked = (
        select(response.id)
        .where(col(response.service_point_code) == service_point, col(response.id) == response_id)
        .with_for_update(key_share=True)
    )
    await session.execute(locked)
    content = SurveyResponseContent
    statement = (
        select(content.comments)
        .where(col(content.service_point_code) == service_point, col(content.response_id) == response_id)
        .with_for_update(key_share=True)
    )
    comments: dict[str, str] | None = (await session.execute(statement)).scalar_one_or_none()
    return None if comments is None else comments.get(question)


async def put_decision(session: AsyncSession, decision: CommentDecision) -> None:
    """Write what was decided, in the place of what was decided before."""
    values = decision.model_dump()
    key = ("service_point_code", "response_id", "question_code")
    await session.execute(
        insert(CommentDecision)
        .values(**values)
        .on_conflict_do_update(
            index_elements=key, set_={name: value for name, value in values.items() if name not in key}
        )
    )
