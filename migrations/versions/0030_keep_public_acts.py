"""Keep the public acts and the invitations an edition was counted from, as its other records are kept.

A proposal belongs to the quarter it was made in and to the one it was answered in, an initiative to those it was received
and decided in: each is an act of its own, so that one may be of an edition and the other live. Panels are kept with their
acts as they were called. Editions that keep records already get what there is now.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030_keep_public_acts"
down_revision = "0029_keep_edition_records"
branch_labels = None
depends_on = None

REPORTING = "katsaus_reporting"

PANEL = "panel.id AS panel_id, panel.kind AS panel_kind, panel.names AS panel_names, panel.unit_code"
PROPOSAL = "proposal.proposed_on, proposal.body, proposal.status, proposal.answered_on, proposal.answer"
INITIATIVE = "subject, received_on, unit_code, handled_by, status, decided_on, url"

ACTS = {
    "meeting_act": f"""
SELECT meeting.id, meeting.source, meeting.held_on AS acted_on, meeting.participants, meeting.memo, meeting.memo_url,
    {PANEL}
FROM public.panel_meeting AS meeting JOIN public.client_panel AS panel ON panel.id = meeting.panel_id
""",
    "proposal_act": f"""
SELECT proposal.id, proposal.source, 'made' AS act, proposal.proposed_on AS acted_on, {PROPOSAL}, {PANEL}
FROM public.panel_proposal AS proposal JOIN public.client_panel AS panel ON panel.id = proposal.panel_id
UNION ALL
SELECT proposal.id, proposal.source, 'answered', proposal.answered_on, {PROPOSAL}, {PANEL}
FROM public.panel_proposal AS proposal JOIN public.client_panel AS panel ON panel.id = proposal.panel_id
WHERE proposal.answered_on IS NOT NULL
""",
    "initiative_act": f"""
SELECT id, source, 'received' AS act, received_on AS acted_on, {INITIATIVE} FROM public.residents_initiative
UNION ALL
SELECT id, source, 'decided', decided_on, {INITIATIVE} FROM public.residents_initiative WHERE decided_on IS NOT NULL
""",
}
"""What was done, by the day it was done: the live ones."""

_PANEL = "panel_id, panel_kind, panel_names, unit_code"
KEPT = {
    "edition_meeting": ("meeting_act", "acted_on", f"id, source, acted_on, participants, memo, memo_url, {_PANEL}"),
    "edition_proposal": (
        "proposal_act", "acted_on",
        f"id, source, act, acted_on, proposed_on, body, status, answered_on, answer, {_PANEL}",
    ),
    "edition_initiative": ("initiative_act", "acted_on", f"id, source, act, acted_on, {INITIATIVE}"),
    "edition_invitations": (
        "survey_invitation", "sent_on", "service_point_code, survey_code, sent_on, collection_mode, count",
    ),
}  # fmt: skip
"""The copies: of what, its day, and the columns."""

VIEW = """
CREATE VIEW published.{live} AS
SELECT {columns}
FROM (
    SELECT 0 AS edition, {columns} FROM public.{live}
    UNION ALL
    SELECT edition, {columns} FROM public.{kept}
) AS record
LEFT JOIN published.quarter AS shown ON shown.starts_on = date_trunc('quarter', record.{day}::timestamp)::date
WHERE record.edition = coalesce(shown.shown_edition, 0)
"""

FILL = """
INSERT INTO {kept} (quarter, edition, {columns})
SELECT edition.quarter, edition.version, {columns}
FROM edition JOIN {live} AS record ON date_trunc('quarter', record.{day}::timestamp)::date
    = make_date(left(edition.quarter, 4)::integer, right(edition.quarter, 1)::integer * 3 - 2, 1)
WHERE edition.keeps_records
"""


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _day(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _panel() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        _text("panel_kind"),
        sa.Column("panel_names", postgresql.JSONB(), nullable=False),
        _text("unit_code"),
    )


def _create(name: str, columns: list[sa.Column[Any]], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        _text("quarter"),
        sa.Column("edition", sa.Integer(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("quarter", "edition", *key, name=op.f(f"pk_{name}")),
        sa.ForeignKeyConstraint(
            ["quarter", "edition"],
            ["edition.quarter", "edition.version"],
            name=op.f(f"fk_{name}_quarter"),
            ondelete="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
    )


def _create_kept() -> None:
    _create(
        "edition_meeting",
        [
            sa.Column("id", sa.Uuid(), nullable=False),
            _text("source"),
            _day("acted_on"),
            sa.Column("participants", sa.Integer(), nullable=False),
            _text("memo", nullable=True),
            _text("memo_url", nullable=True),
            *_panel(),
        ],
        ("id",),
    )
    _create(
        "edition_proposal",
        [
            sa.Column("id", sa.Uuid(), nullable=False),
            _text("source"),
            _text("act"),
            _day("acted_on"),
            _day("proposed_on"),
            _text("body"),
            _text("status"),
            _day("answered_on", nullable=True),
            _text("answer", nullable=True),
            *_panel(),
        ],
        ("id", "act"),
    )
    _create(
        "edition_initiative",
        [
            sa.Column("id", sa.Uuid(), nullable=False),
            _text("source"),
            _text("act"),
            _day("acted_on"),
            _text("subject"),
            _day("received_on"),
            _text("unit_code"),
            _text("handled_by"),
            _text("status"),
            _day("decided_on", nullable=True),
            _text("url", nullable=True),
        ],
        ("id", "act"),
    )
    _create(
        "edition_invitations",
        [
            _text("service_point_code"),
            _text("survey_code"),
            _day("sent_on"),
            _text("collection_mode"),
            sa.Column("count", sa.BigInteger(), nullable=False),
        ],
        ("service_point_code", "survey_code", "sent_on", "collection_mode"),
    )


def upgrade() -> None:
    """Apply."""
    for name, statement in ACTS.items():
        op.execute(f"CREATE VIEW {name} AS {statement}")
    _create_kept()
    for kept, (live, day, columns) in KEPT.items():
        op.execute(FILL.format(kept=kept, live=live, day=day, columns=columns))
    # What was filled in is checked before the tables are altered, which PostgreSQL does not do with checks pending.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for kept, (live, day, columns) in KEPT.items():
        op.create_index(f"ix_{kept}_{day}", kept, [day])
        op.execute(
            f"CREATE TRIGGER tg_{kept}_kept AFTER INSERT ON {kept} REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_records_of_editions()"
        )
        op.execute(VIEW.format(live=live, kept=kept, day=day, columns=columns))
        op.execute(f"GRANT SELECT ON published.{live} TO {REPORTING}")
    op.execute(f"GRANT SELECT ON {', '.join(ACTS)} TO {REPORTING}")
    op.execute(f"GRANT SELECT, INSERT ON {', '.join(KEPT)} TO {REPORTING}")


def downgrade() -> None:
    """Take back."""
    for kept, (live, _day_of, _columns) in KEPT.items():
        op.execute(f"DROP VIEW published.{live}")
        op.drop_table(kept)
    for name in ACTS:
        op.execute(f"DROP VIEW {name}")
