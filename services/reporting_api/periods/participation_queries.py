"""The statement that counts the registers of participation, all at once.

Records belong to the local day they are about: observed, held, proposed, received. Answers and decisions, to theirs,
are acts of their own, so that of a proposal one quarter may count what it published and the other what there is now.
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
meeting AS (
    SELECT period.label, meeting.panel_kind AS kind, meeting.participants, meeting.source
    FROM period JOIN meeting_act AS meeting
        ON meeting.acted_on >= period.starts_on AND meeting.acted_on < period.ends_on
    WHERE CAST(:units AS text[]) IS NULL OR meeting.unit_code = ANY (CAST(:units AS text[]))
),
proposal AS (
    SELECT period.label, proposal.act, proposal.status, proposal.source
    FROM period JOIN proposal_act AS proposal
        ON proposal.acted_on >= period.starts_on AND proposal.acted_on < period.ends_on
    WHERE CAST(:units AS text[]) IS NULL OR proposal.unit_code = ANY (CAST(:units AS text[]))
),
initiative AS (
    SELECT period.label, initiative.act, initiative.status, initiative.source
    FROM period JOIN initiative_act AS initiative
        ON initiative.acted_on >= period.starts_on AND initiative.acted_on < period.ends_on
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
    SELECT label, 'proposals', status, 1, source FROM proposal WHERE act = 'made'
    UNION ALL
    SELECT label, 'proposals_answered', '', 1, source FROM proposal WHERE act = 'answered'
    UNION ALL
    SELECT label, 'initiatives', status, 1, source FROM initiative WHERE act = 'received'
    UNION ALL
    SELECT label, 'initiatives_decided', '', 1, source FROM initiative WHERE act = 'decided'
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
        ('panels', EXISTS (SELECT FROM meeting_act WHERE acted_on < period.ends_on)
            OR EXISTS (SELECT FROM proposal_act WHERE acted_on < period.ends_on)),
        ('initiatives', EXISTS (SELECT FROM initiative_act WHERE acted_on < period.ends_on))
) AS register (name, has_begun)
WHERE register.has_begun
"""
"""Rows of name, code and number. ``begun`` names the registers that had any record, of any unit, by the period's end:
where one had none, nothing was kept yet, and its nought is no nought to compare with."""
