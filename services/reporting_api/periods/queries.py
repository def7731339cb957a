"""The statements that count. Each takes the periods as three arrays and, where it says so, the units or NULL for all.

Feedback belongs to the local day it was received on, an answer to the one it was given on; a period holds the days
from its first up to but not including its end. ``counted`` items are neither transferred out nor rejected.

``OFFSET 0`` has PostgreSQL look up a period's days in the index, for each period by itself. Joined freely, it may read
all years, live and kept ones, as it does not know how few days a period has.
"""

PERIODS = """unnest(
    CAST(:labels AS text[]), CAST(:starts AS date[]), CAST(:ends AS date[])
) AS period (label, starts_on, ends_on)"""
"""Each with its label, its first day, and the day after its last."""

_COUNTED_ITEMS = """JOIN LATERAL (
    SELECT * FROM feedback_in_figures
    WHERE received_on >= period.starts_on AND received_on < period.ends_on
    AND (CAST(:units AS text[]) IS NULL OR unit_code = ANY (CAST(:units AS text[])))
    OFFSET 0
) AS item ON item.state NOT IN ('transferred_out', 'rejected')"""

_CONTACTS = """JOIN LATERAL (
    SELECT * FROM ombudsman_contact
    WHERE contacted_on >= period.starts_on AND contacted_on < period.ends_on
    OFFSET 0
) AS contact ON true"""

FEEDBACK_TOTALS = f"""
SELECT
    period.label AS period,
    EXISTS (
        SELECT FROM feedback_in_figures AS any_unit
        WHERE any_unit.received_on >= period.starts_on AND any_unit.received_on < period.ends_on
    ) AS has_data,
    coalesce(bool_or(item.source = 'demonstration'), false) AS has_demonstration,
    count(item.id) AS received,
    (
        SELECT count(*) FROM feedback_kept_apart AS apart
        WHERE apart.received_on >= period.starts_on AND apart.received_on < period.ends_on
        AND (CAST(:units AS text[]) IS NULL OR apart.unit_code = ANY (CAST(:units AS text[])))
    ) AS kept_apart,
    count(item.id) FILTER (WHERE item.state = 'transferred_out') AS transferred_out,
    count(item.id) FILTER (WHERE item.state = 'rejected') AS inappropriate,
    count(item.id) FILTER (WHERE item.is_counted) AS counted,
    count(item.id) FILTER (WHERE item.is_counted AND item.handled_at IS NOT NULL) AS handled,
    count(item.id) FILTER (WHERE item.is_counted AND item.handled_at IS NULL) AS open,
    count(item.id) FILTER (
        WHERE item.handled_at IS NOT NULL AND item.state IN ('received', 'in_progress')
    ) AS reopened,
    count(item.id) FILTER (
        WHERE item.is_counted
        AND extract(epoch FROM item.handled_at - item.received_at) < policy.target_days * 86400
    ) AS on_target
FROM {PERIODS}
LEFT JOIN LATERAL (
    SELECT *, state NOT IN ('transferred_out', 'rejected') AS is_counted
    FROM feedback_in_figures
    WHERE received_on >= period.starts_on AND received_on < period.ends_on
    AND (CAST(:units AS text[]) IS NULL OR unit_code = ANY (CAST(:units AS text[])))
    OFFSET 0
) AS item ON true
LEFT JOIN LATERAL (
    SELECT target_days FROM target_policy
    WHERE valid_from <= item.received_on ORDER BY valid_from DESC LIMIT 1
) AS policy ON true
GROUP BY period.label, period.starts_on, period.ends_on
"""  # noqa: S608 (constants)
"""One row a period, also an empty one. On target is strictly under the target in force on the day of receipt."""

FEEDBACK_CLOCKS = f"""
WITH times AS (
    SELECT
        period.label AS period,
        clock.name AS clock,
        (extract(epoch FROM clock.stopped_at - item.received_at) * 1000000)::bigint AS microseconds
    FROM {PERIODS}
    {_COUNTED_ITEMS}
    CROSS JOIN LATERAL (
        VALUES
            ('handling', item.handled_at),
            ('reaction', item.reacted_at),
            ('handling:' || item.language, item.handled_at)
    ) AS clock (name, stopped_at)
    WHERE clock.stopped_at IS NOT NULL
),
ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY period, clock ORDER BY microseconds) AS rank,
        count(*) OVER (PARTITION BY period, clock) AS n
    FROM times
)
SELECT
    period,
    clock,
    count(*) AS n,
    sum(microseconds) AS microseconds,
    var_samp(microseconds) AS variance,
    min(microseconds) FILTER (WHERE rank = (n + 1) / 2) AS lower_middle,
    min(microseconds) FILTER (WHERE rank = n / 2 + 1) AS upper_middle,
    min(microseconds) FILTER (WHERE rank = floor((n - CAST(:z AS float) * sqrt(n)) / 2)) AS lower_bound,
    min(microseconds) FILTER (WHERE rank = n - floor((n - CAST(:z AS float) * sqrt(n)) / 2) + 1) AS upper_bound
FROM ranked
GROUP BY period, clock
"""  # noqa: S608 (constants)
"""Rows of counted items that have the clock. The bounds are the values at Campbell and Gardner's ranks (1988), rounded
outwards, so that they are never nearer than the exact ones by the binomial distribution; NULL of fewer than eight."""

FEEDBACK_CLASSES = f"""
SELECT period.label AS period, item.type_code, item.topic_code, count(*) AS items
FROM {PERIODS}
{_COUNTED_ITEMS}
GROUP BY period.label, item.type_code, item.topic_code
"""  # noqa: S608 (constants)

FEEDBACK_LANGUAGES = f"""
SELECT
    period.label AS period,
    item.language,
    count(*) AS counted,
    count(item.handled_at) AS handled,
    count(*) FILTER (
        WHERE extract(epoch FROM item.handled_at - item.received_at) < policy.target_days * 86400
    ) AS on_target
FROM {PERIODS}
{_COUNTED_ITEMS}
LEFT JOIN LATERAL (
    SELECT target_days FROM target_policy
    WHERE valid_from <= item.received_on ORDER BY valid_from DESC LIMIT 1
) AS policy ON true
GROUP BY period.label, item.language
"""  # noqa: S608 (constants)
"""Counted items by the sender's language; their handling times are rows of FEEDBACK_CLOCKS."""

FEEDBACK_THEMES = f"""
SELECT period.label AS period, membership.theme_code, item.type_code, count(*) AS items
FROM {PERIODS}
{_COUNTED_ITEMS}
JOIN feedback_theme AS membership ON membership.feedback_id = item.id AND membership.applies
GROUP BY period.label, membership.theme_code, item.type_code
"""  # noqa: S608 (constants)

OMBUDSMAN_SERVICES = f"""
SELECT
    period.label AS period,
    contact.service_code,
    count(*) AS contacts,
    bool_or(contact.source = 'demonstration') AS has_demonstration
FROM {PERIODS}
{_CONTACTS}
GROUP BY period.label, contact.service_code
"""  # noqa: S608 (constants)

OMBUDSMAN_REASONS = f"""
SELECT period.label AS period, reason.reason_code, count(*) AS reasons
FROM {PERIODS}
{_CONTACTS}
JOIN ombudsman_contact_reason AS reason ON reason.contact_id = contact.id
GROUP BY period.label, reason.reason_code
"""  # noqa: S608 (constants)

INVITATIONS = f"""
SELECT
    period.label AS period, invitation.survey_code, invitation.collection_mode,
    sum(invitation.count)::bigint AS invitations
FROM {PERIODS}
JOIN LATERAL (
    SELECT * FROM survey_invitation
    WHERE sent_on >= period.starts_on AND sent_on < period.ends_on
    AND (CAST(:units AS text[]) IS NULL OR service_point_code = ANY (CAST(:units AS text[])))
    OFFSET 0
) AS invitation ON true
GROUP BY period.label, invitation.survey_code, invitation.collection_mode
"""  # noqa: S608 (constants)

SMILEY_SURVEYS = "SELECT code FROM survey WHERE kind = 'smiley'"

SURVEYS = """
SELECT
    code, kind, names, unit_code, is_demonstration, allows_several_per_interaction,
    opens_at < :ends_at AND (closes_at IS NULL OR closes_at > :starts_at) AS is_open_in_period
FROM survey
WHERE EXISTS (SELECT FROM survey_version WHERE survey_code = survey.code AND published_at IS NOT NULL)
ORDER BY code
"""

QUESTIONS = """
SELECT survey_code, version, code, kind, purpose, labels, scale_steps, shown_when, replaces
FROM survey_question
JOIN survey_version USING (survey_code, version)
WHERE published_at IS NOT NULL
ORDER BY survey_code, version DESC, position, code
"""

OPTIONS = """
SELECT survey_code, question_code, number, code, labels
FROM survey_option
JOIN survey_version USING (survey_code, version)
WHERE published_at IS NOT NULL
ORDER BY survey_code, question_code, version DESC, position, number
"""
