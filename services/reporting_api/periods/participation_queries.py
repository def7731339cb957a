"""The statement that counts the registers of participation, all at once.

Records belong to the local day they are about: observed, held, proposed, received; answers and decisions to theirs.
Meetings and proposals are of their panel's unit. Social reports are of the whole city only.
"""

PARTICIPATION = """
WITH period AS (
    SELECT * FROM unnest(
        CAST(:labels AS text[]), CAST(:starts AS date[]), CAST(:ends AS date[])
    ) AS period (label, starts_on, ends_on)
),
report AS (
    SELECT period.label, report.id, report.source
    FROM period JOIN social_report AS report
        ON report.observed_on >= period.starts_on AND report.observed_on < period.ends_on
    WHERE CAST(:units AS text[]) IS NULL
),
panel AS (
    SELECT id, kind FROM client_panel
    WHERE CAST(:units AS text[]) IS NULL OR unit_code = ANY (CAST(:units AS text[]))
),
meeting AS (
    SELECT period.label, panel.kind, meeting.participants, meeting.source
    FROM period JOIN panel_meeting AS meeting
        ON meeting.held_on >= period.starts_on AND meeting.held_on < period.ends_on
    JOIN panel ON panel.id = meeting.panel_id
),
proposal AS (
    SELECT
        period.label, proposal.status, proposal.source,
        proposal.proposed_on >= period.starts_on AND proposal.proposed_on < period.ends_on AS is_made,
        coalesce(proposal.answered_on >= period.starts_on AND proposal.answered_on < period.ends_on, false)
            AS is_answered
    FROM period JOIN panel_proposal AS proposal
        ON (proposal.proposed_on >= period.starts_on AND proposal.proposed_on < period.ends_on)
        OR (proposal.answered_on >= period.starts_on AND proposal.answered_on < period.ends_on)
    JOIN panel ON panel.id = proposal.panel_id
),
initiative AS (
    SELECT
        period.label, initiative.status, initiative.source,
        initiative.received_on >= period.starts_on AND initiative.received_on < period.ends_on AS is_received,
        coalesce(initiative.decided_on >= period.starts_on AND initiative.decided_on < period.ends_on, false)
            AS is_decided
    FROM period JOIN residents_initiative AS initiative
        ON (initiative.received_on >= period.starts_on AND initiative.received_on < period.ends_on)
        OR (initiative.decided_on >= period.starts_on AND initiative.decided_on < period.ends_on)
    WHERE CAST(:units AS text[]) IS NULL OR initiative.unit_code = ANY (CAST(:units AS text[]))
),
counted AS (
    SELECT label, 'social_reports' AS name, '' AS code, 1 AS number, source FROM report
    UNION ALL
    SELECT report.label, 'reasons', reason.reason_code, 1, report.source
    FROM report JOIN social_report_reason AS reason ON reason.report_id = report.id
    UNION ALL
    SELECT report.label, 'barriers', barrier.barrier_code, 1, report.source
    FROM report JOIN social_report_barrier AS barrier ON barrier.report_id = report.id
    UNION ALL
    SELECT label, 'meetings', kind, 1, source FROM meeting
    UNION ALL
    SELECT label, 'participants', '', participants, source FROM meeting
    UNION ALL
    SELECT label, 'proposals', status, 1, source FROM proposal WHERE is_made
    UNION ALL
    SELECT label, 'proposals_answered', '', 1, source FROM proposal WHERE is_answered
    UNION ALL
    SELECT label, 'initiatives', status, 1, source FROM initiative WHERE is_received
    UNION ALL
    SELECT label, 'initiatives_decided', '', 1, source FROM initiative WHERE is_decided
)
SELECT
    label AS period, name, code, sum(number)::bigint AS number,
    bool_or(source = 'demonstration') AS has_demonstration
FROM counted
GROUP BY label, name, code
UNION ALL
SELECT period.label, 'begun', register.name, 1, false
FROM period CROSS JOIN LATERAL (
    VALUES
        ('social_reports', EXISTS (SELECT FROM social_report WHERE observed_on < period.ends_on)),
        ('panels', EXISTS (SELECT FROM panel_meeting WHERE held_on < period.ends_on)
            OR EXISTS (SELECT FROM panel_proposal WHERE proposed_on < period.ends_on)),
        ('initiatives', EXISTS (SELECT FROM residents_initiative WHERE received_on < period.ends_on))
) AS register (name, has_begun)
WHERE register.has_begun
"""
"""Rows of name, code and number. ``begun`` names the registers that had any record, of any unit, by the period's end:
where one had none, nothing was kept yet, and its nought is no nought to compare with."""
