"""Create deadlines: policies and public holidays of the catalogue, and the deadline of an item."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_create_deadlines"
down_revision = "0007_index_response_recording"
branch_labels = None
depends_on = None

FEEDBACK, SURVEY, REPORTING = "katsaus_feedback", "katsaus_survey", "katsaus_reporting"

CATALOGUE = ["deadline_policy", "public_holiday"]

GRANTS = [
    # A change of type may take a deadline away.
    (FEEDBACK, "SELECT", CATALOGUE),
    (FEEDBACK, "SELECT, INSERT, UPDATE, DELETE", ["feedback_deadline"]),
    (SURVEY, "SELECT", CATALOGUE),
    (REPORTING, "SELECT", [*CATALOGUE, "feedback_deadline"]),
]


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "deadline_policy",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("is_general", sa.Boolean(), nullable=False),
        sa.Column("type_codes", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("only_reply_wanted", sa.Boolean(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_deadline_policy_amount_positive")),
        sa.CheckConstraint(
            "basis IN ('city_promise', 'statute', 'guideline')", name=op.f("ck_deadline_policy_basis_known")
        ),
        sa.CheckConstraint("names ? 'fi'", name=op.f("ck_deadline_policy_names_have_finnish")),
        sa.CheckConstraint(
            "unit IN ('working_days', 'calendar_days', 'months')", name=op.f("ck_deadline_policy_unit_known")
        ),
        sa.PrimaryKeyConstraint("kind", "valid_from", name=op.f("pk_deadline_policy")),
    )
    op.create_table(
        "public_holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("kind IN ('public_holiday', 'eve')", name=op.f("ck_public_holiday_kind_known")),
        sa.CheckConstraint("names ? 'fi'", name=op.f("ck_public_holiday_names_have_finnish")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_public_holiday")),
    )
    op.create_table(
        "feedback_deadline",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("policy_kind", sa.Text(), nullable=False),
        sa.Column("policy_valid_from", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_deadline_feedback_id")),
        sa.ForeignKeyConstraint(
            ["policy_kind", "policy_valid_from"],
            ["deadline_policy.kind", "deadline_policy.valid_from"],
            name="fk_feedback_deadline_policy",
        ),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_feedback_deadline")),
    )
    op.create_index("ix_feedback_deadline_due_on", "feedback_deadline", ["due_on"], unique=False)
    for role, rights, tables in GRANTS:
        op.execute(f"GRANT {rights} ON {', '.join(tables)} TO {role}")


def downgrade() -> None:
    """Take back. The rights go with the tables."""
    op.drop_index("ix_feedback_deadline_due_on", table_name="feedback_deadline")
    op.drop_table("feedback_deadline")
    op.drop_table("public_holiday")
    op.drop_table("deadline_policy")
