"""Reads released comments."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.comments.schemas import CommentKey
from services.shared.periods import Period
from services.shared.tables.surveys import RESPONSES_QUESTION

# The order is of a hash: neither time nor service point can be read from it.
_LIST = text(
    """
    SELECT released.*
    FROM (
        SELECT survey_code, question_code, md5(service_point_code || ' ' || response_id) AS place, language, comment,
            survey.is_demonstration
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


class ReleasedRow(NamedTuple):
    """A released comment; ``place`` is its place among those of its question, and tells neither time nor unit."""

    survey: str
    question: str
    place: str
    language: str | None
    comment: str
    is_demonstration: bool


async def list_released(
    session: AsyncSession,
    period: Period,
    *,
    survey: str | None,
    language: str | None,
    minimum: int,
    after: tuple[str, ...] | None,
    limit: int,
) -> Sequence[ReleasedRow]:
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
    return [ReleasedRow(*row) for row in await session.execute(_LIST, parameters)]


_KEYS = text(
    """
    SELECT survey_code, question_code, place
    FROM (
        SELECT found.*, row_number() OVER (PARTITION BY survey_code ORDER BY place) AS number
        FROM (
            SELECT survey_code, question_code, md5(service_point_code || ' ' || response_id) AS place
            FROM released_comment
            JOIN survey ON survey.code = survey_code
            WHERE given_on >= :starts_on AND given_on < :ends_on AND survey.kind IN ('chat', 'questionnaire')
                AND (
                    SELECT sum(counted.count) FROM answer_histogram AS counted
                    WHERE counted.survey_code = released_comment.survey_code AND counted.question_code = :responses
                        AND counted.given_on >= :starts_on AND counted.given_on < :ends_on
                ) >= :minimum
        ) AS found
    ) AS numbered
    WHERE number <= :each
    ORDER BY survey_code, place, question_code
    """
)

_WORDS = text(
    """
    SELECT survey_code, question_code, place, language, comment
    FROM (
        SELECT survey_code, question_code, language, comment,
            md5(service_point_code || ' ' || response_id) AS place
        FROM released_comment
        WHERE given_on >= :starts_on AND given_on < :ends_on AND survey_code = ANY(:surveys)
    ) AS released
    WHERE place = ANY(:places)
    """
)


class ReleasedWords(NamedTuple):
    """The words of a comment as they are released now, and their language where it is known."""

    survey: str
    question: str
    place: str
    language: str | None
    comment: str


async def list_keys(session: AsyncSession, period: Period, *, minimum: int, each: int) -> list[CommentKey]:
    """Up to ``each`` released comments a survey of chats and clients that at least ``minimum`` answered."""
    parameters = {
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "responses": RESPONSES_QUESTION,
        "minimum": minimum,
        "each": each,
    }
    rows = await session.execute(_KEYS, parameters)
    return [CommentKey(survey=row.survey_code, question=row.question_code, place=row.place) for row in rows]


async def find_words(session: AsyncSession, period: Period, keys: Collection[CommentKey]) -> tuple[ReleasedWords, ...]:
    """The words of those that are still released, in the order of ``keys``."""
    if not keys:
        return ()
    parameters = {
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "surveys": sorted({key.survey for key in keys}),
        "places": [key.place for key in keys],
    }
    found = {tuple(row[:3]): ReleasedWords(*row) for row in await session.execute(_WORDS, parameters)}
    named = [(key.survey, key.question, key.place) for key in keys]
    return tuple(found[name] for name in named if name in found)
