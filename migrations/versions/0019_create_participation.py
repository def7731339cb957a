"""Create the registers of participation: social reports, client panels, residents' initiatives, and their codes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019_create_participation"
down_revision = "0018_create_editions"
branch_labels = None
depends_on = None

FEEDBACK, SURVEY, REPORTING = "katsaus_feedback", "katsaus_survey", "katsaus_reporting"

CODES = ["help_reason", "help_barrier"]
CODES_OF_REPORTS = {
    "social_report_reason": ("reason", "help_reason"),
    "social_report_barrier": ("barrier", "help_barrier"),
}
PUBLIC = ["client_panel", "panel_meeting", "panel_proposal", "residents_initiative"]


def _register(name: str, *columns: sa.schema.SchemaItem) -> None:
    """A table of records that another register may know by a reference of its own."""
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_reference", sa.Text(), nullable=True),
        *columns,
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("source", "source_reference", name=op.f(f"uq_{name}_source_source_reference")),
    )


def _unit(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f(f"fk_{table}_unit_code"))


def _plausible(table: str, day: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{day} >= DATE '2000-01-01'", name=op.f(f"ck_{table}_{day}_plausible"))


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _create_codes() -> None:
    for name in CODES:
        op.create_table(
            name,
            sa.Column("code", sa.Text(), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            sa.Column("names", postgresql.JSONB(), nullable=False),
            sa.CheckConstraint("names ? 'fi'", name=op.f(f"ck_{name}_names_have_finnish")),
            sa.PrimaryKeyConstraint("code", name=op.f(f"pk_{name}")),
        )


def _create_social_reports() -> None:
    _register(
        "social_report",
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        _unit("social_report"),
        _plausible("social_report", "observed_on"),
    )
    _index("social_report", "observed_on")
    for name, (code, catalogue) in CODES_OF_REPORTS.items():
        op.create_table(
            name,
            sa.Column("report_id", sa.Uuid(), nullable=False),
            sa.Column(f"{code}_code", sa.Text(), nullable=False),
            sa.ForeignKeyConstraint(
                ["report_id"], ["social_report.id"], name=op.f(f"fk_{name}_report_id"), ondelete="CASCADE"
            ),
            sa.ForeignKeyConstraint([f"{code}_code"], [f"{catalogue}.code"], name=op.f(f"fk_{name}_{code}_code")),
            sa.PrimaryKeyConstraint("report_id", f"{code}_code", name=op.f(f"pk_{name}")),
        )
    op.create_table(
        "social_report_note",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["social_report.id"], name=op.f("fk_social_report_note_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_social_report_note")),
    )


def _create_panels() -> None:
    _register(
        "client_panel",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        _unit("client_panel"),
        sa.CheckConstraint(
            "kind IN ('panel', 'council', 'experts_by_experience')", name=op.f("ck_client_panel_kind_known")
        ),
        sa.CheckConstraint("names ? 'fi'", name=op.f("ck_client_panel_names_have_finnish")),
    )
    _register(
        "panel_meeting",
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=True),
        sa.Column("memo_url", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["panel_id"], ["client_panel.id"], name=op.f("fk_panel_meeting_panel_id")),
        _plausible("panel_meeting", "held_on"),
        sa.CheckConstraint("participants > 0", name=op.f("ck_panel_meeting_participants_positive")),
    )
    _index("panel_meeting", "panel_id")
    _index("panel_meeting", "held_on")
    _register(
        "panel_proposal",
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["panel_id"], ["client_panel.id"], name=op.f("fk_panel_proposal_panel_id")),
        _plausible("panel_proposal", "proposed_on"),
        sa.CheckConstraint(
            "status IN ('open', 'accepted', 'carried_out', 'declined')", name=op.f("ck_panel_proposal_status_known")
        ),
        sa.CheckConstraint(
            "(status = 'open') = (answered_on IS NULL)", name=op.f("ck_panel_proposal_answered_unless_open")
        ),
        sa.CheckConstraint("answered_on >= proposed_on", name=op.f("ck_panel_proposal_answered_after_proposed")),
    )
    for column in ("panel_id", "proposed_on", "answered_on"):
        _index("panel_proposal", column)


def _create_initiatives() -> None:
    _register(
        "residents_initiative",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("handled_by", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        _unit("residents_initiative"),
        _plausible("residents_initiative", "received_on"),
        sa.CheckConstraint(
            "status IN ('received', 'being_handled', 'decided', 'transferred', 'withdrawn')",
            name=op.f("ck_residents_initiative_status_known"),
        ),
        sa.CheckConstraint(
            "(status = 'decided') = (decided_on IS NOT NULL)", name=op.f("ck_residents_initiative_decided_has_day")
        ),
        sa.CheckConstraint("decided_on >= received_on", name=op.f("ck_residents_initiative_decided_after_received")),
    )
    _index("residents_initiative", "received_on")
    _index("residents_initiative", "decided_on")


def _grant() -> None:
    for role in (FEEDBACK, SURVEY, REPORTING):
        op.execute(f"GRANT SELECT ON {', '.join(CODES)} TO {role}")
    facts = ["social_report", *CODES_OF_REPORTS, *PUBLIC]
    written = ", ".join([*facts, "social_report_note"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {written} TO {FEEDBACK}")
    # The notes of social reports are staff's alone: reporting_api reads no word of them.
    op.execute(f"GRANT SELECT ON {', '.join(facts)} TO {REPORTING}")


def upgrade() -> None:
    """Apply."""
    _create_codes()
    _create_social_reports()
    _create_panels()
    _create_initiatives()
    _grant()


def downgrade() -> None:
    """Take back."""
    for name in ("residents_initiative", "panel_proposal", "panel_meeting", "client_panel"):
        op.drop_table(name)
    for name in ("social_report_note", *CODES_OF_REPORTS, "social_report", *CODES):
        op.drop_table(name)
