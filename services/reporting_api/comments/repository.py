"""Reads released comments."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.periods import Period
from services.shared.tables.surveys import RESPONSES_QUESTION

# The order is of a hash: neither time nor service point can be read from it.
_LIST = text(
    """
    SELECT released.*
    FROM (
        SELECT survey_code, question_code, language, comment, survey.is_demonstration,
            md5(service_point_code || ' ' || response_id) AS place
        FROM released_comment
        JOIN survey ON survey.code = survey_code
        WHERE given_on >= :starts_on AND given_on < :ends_on
            AND (CAST(:survey AS text) IS NULL OR survey_code = :survey)
            AND (CAST(:language AS text) IS NULL OR language = :language)
            AND (
                SELECT sum(counted.count) FROM answer_histogram AS counted
                WHERE counted.survey_code = released_comment.survey_code AND counted.question_code = :responses
                    AND counted.given_on >= :starts_on AND counted.given_on < :ends_on
            ) >= :minimum
    ) AS released
    WHERE CAST(:after_survey AS text) IS NULL
        OR (survey_code, question_code, place) > (:after_survey, :after_question, :after_place)
    ORDER BY survey_code, question_code, place
    LIMIT :limit
    """
)


async def list_released(
    session: AsyncSession,
    period: Period,
    *,
    survey: str | None,
    language: str | None,
    minimum: int,
    after: tuple[str, ...] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Up to ``limit`` released comments of the period after the (survey, question, place), of surveys that at least
    ``minimum`` answered in it."""
    after_survey, after_question, after_place = after or (None, None, None)
    parameters = {
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "survey": survey,
        "language": language,
        "responses": RESPONSES_QUESTION,
        "minimum": minimum,
        "after_survey": after_survey,
        "after_question": after_question,
        "after_place": after_place,
        "limit": limit,
    }
    return (await session.execute(_LIST, parameters)).all()
