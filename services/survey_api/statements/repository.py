"""The recount: from the answers as given, with no use of the histogram or of any stored day."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.periods import Period


class RecountedRow(NamedTuple):
    """How many answers of a value; without a value, how many were asked the follow-up question.

    Without a question, the value 1 counts the survey's responses, 2 those of them that are partial, 0 those left out as
    misuse, and 3 the invitations sent.
    """

    survey: str
    question: str | None
    value: int | None
    answers: int


# Written without the service's own rules, so that a mistake in them shows as a difference. Equal answers are counted
# first and understood after: there are few of them, whatever the number of responses.
_RECOUNT = text(
    """
    WITH given AS MATERIALIZED (
        SELECT survey_code, version, answers, is_complete
        FROM survey_response
        WHERE (given_at AT TIME ZONE 'Europe/Helsinki')::date >= :starts_on
          AND (given_at AT TIME ZONE 'Europe/Helsinki')::date < :ends_on
          AND source_misuse_reason IS NULL
          AND misuse_reason IS NULL
    ),
    each_answer AS MATERIALIZED (
        SELECT survey_code, version, key AS code, value, count(*) AS answers
        FROM given
        CROSS JOIN LATERAL jsonb_each(answers)
        GROUP BY survey_code, version, key, value
    ),
    answer AS (
        SELECT survey_code, version, code, question.kind, value, answers
        FROM each_answer
        JOIN survey_question AS question USING (survey_code, version, code)
    ),
    chosen AS (
        SELECT survey_code, version, code, value #>> '{}' AS option, answers FROM answer WHERE kind = 'single_choice'
        UNION ALL
        SELECT survey_code, version, code, element.option, answers
        FROM answer
        CROSS JOIN LATERAL jsonb_array_elements_text(
            CASE WHEN kind = 'multiple_choice' THEN value ELSE '[]'::jsonb END
        ) AS element (option)
    ),
    of_hours AS MATERIALIZED (
        SELECT survey_code, question_code AS code, button.value::int AS value, sum(button.answers::bigint) AS answers
        FROM hourly_count
        CROSS JOIN LATERAL jsonb_each_text(counts) AS button (value, answers)
        WHERE superseded_at IS NULL
          AND (hour_starts_at AT TIME ZONE 'Europe/Helsinki')::date >= :starts_on
          AND (hour_starts_at AT TIME ZONE 'Europe/Helsinki')::date < :ends_on
        GROUP BY survey_code, question_code, button.value::int
    ),
    counted AS (
        SELECT survey_code, NULL AS code, 1 AS value, count(*) AS answers FROM given GROUP BY survey_code
        UNION ALL
        SELECT survey_code, NULL, 1, sum(answers) FROM of_hours GROUP BY survey_code
        UNION ALL
        SELECT survey_code, code, value, answers FROM of_hours
        UNION ALL
        SELECT survey_code, NULL, 0, count(*)
        FROM survey_response
        WHERE (given_at AT TIME ZONE 'Europe/Helsinki')::date >= :starts_on
          AND (given_at AT TIME ZONE 'Europe/Helsinki')::date < :ends_on
          AND (source_misuse_reason IS NOT NULL OR misuse_reason IS NOT NULL)
        GROUP BY survey_code
        UNION ALL
        SELECT survey_code, NULL, 2, count(*) FROM given WHERE NOT is_complete GROUP BY survey_code
        UNION ALL
        SELECT survey_code, NULL, 3, sum(count) FROM survey_invitation
        WHERE sent_on >= :starts_on AND sent_on < :ends_on
        GROUP BY survey_code
        UNION ALL
        SELECT survey_code, followed.code, NULL, answers
        FROM each_answer
        JOIN survey_question AS followed USING (survey_code, version)
        WHERE followed.shown_when ->> 'question' = each_answer.code
        AND EXISTS (
            SELECT FROM jsonb_array_elements(
                CASE jsonb_typeof(each_answer.value) WHEN 'array' THEN each_answer.value
                ELSE jsonb_build_array(each_answer.value) END
            ) AS given_value (one)
            WHERE followed.shown_when -> 'values' @> given_value.one
        )
        UNION ALL
        SELECT survey_code, code, (value #>> '{}')::int, answers FROM answer WHERE kind IN ('scale', 'grade', 'nps')
        UNION ALL
        SELECT survey_code, code, CASE value #>> '{}'
            WHEN 'very_unhappy' THEN 0 WHEN 'unhappy' THEN 1 WHEN 'happy' THEN 2 WHEN 'very_happy' THEN 3 END, answers
        FROM answer WHERE kind = 'smiley_4'
        UNION ALL
        SELECT survey_code, code, CASE value #>> '{}'
            WHEN 'very_unhappy' THEN 0 WHEN 'unhappy' THEN 1 WHEN 'neutral' THEN 2 WHEN 'happy' THEN 3
            WHEN 'very_happy' THEN 4 END, answers
        FROM answer WHERE kind = 'smiley_5'
        UNION ALL
        SELECT survey_code, code, CASE value WHEN 'true' THEN 1 WHEN 'false' THEN 0 END, answers
        FROM answer WHERE kind = 'yes_no'
        UNION ALL
        SELECT survey_code, code, 1, answers FROM answer WHERE kind = 'text'
        UNION ALL
        SELECT survey_code, code, 0, answers FROM answer WHERE kind = 'multiple_choice'
        UNION ALL
        SELECT chosen.survey_code, chosen.code, known.number, answers
        FROM chosen
        JOIN survey_option AS known
          ON (known.survey_code, known.version, known.question_code, known.code)
           = (chosen.survey_code, chosen.version, chosen.code, chosen.option)
    )
    SELECT survey_code, code, value, sum(answers)::bigint FROM counted GROUP BY survey_code, code, value
    """
)


async def recount(session: AsyncSession, period: Period) -> list[RecountedRow]:
    """Every survey's answers given in the period, by value."""
    rows = await session.execute(_RECOUNT, {"starts_on": period.starts_on, "ends_on": period.ends_on})
    return [RecountedRow(*row) for row in rows]
