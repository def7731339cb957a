"""The statements that count what decides what is hidden. Each takes the periods as three arrays."""

FEEDBACK_BY_UNIT = """
SELECT period.label AS period, item.unit_code, count(*) AS number
FROM unnest(
    CAST(:labels AS text[]), CAST(:starts AS date[]), CAST(:ends AS date[])
) AS period (label, starts_on, ends_on)
JOIN LATERAL (
    SELECT * FROM feedback_in_figures
    WHERE received_on >= period.starts_on AND received_on < period.ends_on
    OFFSET 0
) AS item ON item.state NOT IN ('transferred_out', 'rejected')
GROUP BY 1, 2
"""
