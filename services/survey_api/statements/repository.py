"""The recount: from the answers as given, with no use of the histogram or of any stored day."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.periods import Period


class RecountedRow(NamedTuple):
    """How many answers of a value; ``question`` is None in the row that counts the survey's responses."""

    survey: str
    question: str | None
    value: int
    answers: int


# Written without the service's own rules, so that a mistake in them shows as a difference.
_RECOUNT = text(
    """
    WITH given AS MATERIALIZED (
        SELECT survey_code, version, answers
        FROM survey_response
        WHERE (given_at AT TIME ZONE 'Europe/Helsinki')::date >= :starts_on
          AND (given_at AT TIME ZONE 'Europe/Helsinki')::date < :ends_on
    ),
    answer AS (
        SELECT given.survey_code, given.version, question.code, question.kind, given_answer.value
        FROM given
        CROSS JOIN LATERAL jsonb_each(given.answers) AS given_answer
        JOIN survey_question AS question
          ON (question.survey_code, question.version, question.code)
           = (given.survey_code, given.version, given_answer.key)
    ),
    chosen AS (
        SELECT survey_code, version, code, value #>> '{}' AS option FROM answer WHERE kind = 'single_choice'
        UNION ALL
        SELECT survey_code, version, code, element.option
        FROM answer
        CROSS JOIN LATERAL jsonb_array_elements_text(
            CASE WHEN kind = 'multiple_choice' THEN value ELSE '[]'::jsonb END
        ) AS element (option)
    ),
    counted AS (
        SELECT survey_code, NULL AS code, 1 AS value FROM given
        UNION ALL
        SELECT survey_code, code, (value #>> '{}')::int FROM answer WHERE kind IN ('scale', 'grade', 'nps')
        UNION ALL
        SELECT survey_code, code, CASE value #>> '{}'
            WHEN 'very_unhappy' THEN 0 WHEN 'unhappy' THEN 1 WHEN 'happy' THEN 2 WHEN 'very_happy' THEN 3 END
        FROM answer WHERE kind = 'smiley_4'
        UNION ALL
        SELECT survey_code, code, CASE value #>> '{}'
            WHEN 'very_unhappy' THEN 0 WHEN 'unhappy' THEN 1 WHEN 'neutral' THEN 2 WHEN 'happy' THEN 3
            WHEN 'very_happy' THEN 4 END
        FROM answer WHERE kind = 'smiley_5'
        UNION ALL
        SELECT survey_code, code, CASE value WHEN 'true' THEN 1 WHEN 'false' THEN 0 END
        FROM answer WHERE kind = 'yes_no'
        UNION ALL
        SELECT survey_code, code, 1 FROM answer WHERE kind = 'text'
        UNION ALL
        SELECT survey_code, code, 0 FROM answer WHERE kind = 'multiple_choice'
        UNION ALL
        SELECT chosen.survey_code, chosen.code, known.number
        FROM chosen
        JOIN survey_option AS known
          ON (known.survey_code, known.version, known.question_code, known.code)
           = (chosen.survey_code, chosen.version, chosen.code, chosen.option)
    )
    SELECT survey_code, code, value, count(*) FROM counted GROUP BY survey_code, code, value
    """
)


async def recount(session: AsyncSession, period: Period) -> list[RecountedRow]:
    """Every survey's answers given in the period, by value."""
    rows = await session.execute(_RECOUNT, {"starts_on": period.starts_on, "ends_on": period.ends_on})
    return [RecountedRow(*row) for row in rows]
