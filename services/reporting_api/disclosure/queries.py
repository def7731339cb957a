"""The statements that count what decides what is hidden. Each takes the periods as three arrays."""

ANSWERS_BY_UNIT = """
SELECT
    period.label AS period,
    histogram.survey_code,
    histogram.question_code,
    CASE WHEN survey.kind = 'smiley' OR :by_unit THEN histogram.service_point_code ELSE '' END AS unit_code,
    histogram.value,
    sum(histogram.count)::bigint AS number
FROM unnest(
    CAST(:labels AS text[]), CAST(:starts AS date[]), CAST(:ends AS date[])
) AS period (label, starts_on, ends_on)
JOIN answer_histogram AS histogram
    ON histogram.given_on >= period.starts_on AND histogram.given_on < period.ends_on
JOIN survey ON survey.code = histogram.survey_code
GROUP BY 1, 2, 3, 4, 5
HAVING sum(histogram.count) > 0
"""
"""Smileys are always told apart by service point, as their section lists the points."""

FEEDBACK_BY_UNIT = """
SELECT period.label AS period, item.unit_code, count(*) AS number
FROM unnest(
    CAST(:labels AS text[]), CAST(:starts AS date[]), CAST(:ends AS date[])
) AS period (label, starts_on, ends_on)
JOIN feedback_in_figures AS item
    ON item.received_on >= period.starts_on AND item.received_on < period.ends_on
    AND item.state NOT IN ('transferred_out', 'rejected')
GROUP BY 1, 2
"""

ANSWERS_BY_MODE = """
SELECT survey_code, question_code, collection_mode, value, sum(count)::bigint AS number
FROM answer_histogram
WHERE given_on >= :starts_on AND given_on < :ends_on
GROUP BY 1, 2, 3, 4
HAVING sum(count) > 0
"""
"""Of one period."""
