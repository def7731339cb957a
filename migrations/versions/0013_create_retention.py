"""Create retention: how long content is kept, and what each run erased."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013_create_retention"
down_revision = "0012_create_mail"
branch_labels = None
depends_on = None

FEEDBACK, SURVEY, REPORTING = "katsaus_feedback", "katsaus_survey", "katsaus_reporting"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "retention_policy",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("holds", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("type_codes", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("counted_from", sa.Text(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "counted_from IN ('received', 'last_event_when_closed')",
            name=op.f("ck_retention_policy_counted_from_known"),
        ),
        sa.CheckConstraint("keep_days > 0", name=op.f("ck_retention_policy_keep_days_positive")),
        sa.CheckConstraint("names ? 'fi'", name=op.f("ck_retention_policy_names_have_finnish")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_retention_policy")),
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("is_dry_run", sa.Boolean(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_index("ix_retention_run_started_at", "retention_run", ["started_at"])
    for role in (FEEDBACK, SURVEY, REPORTING):
        op.execute(f"GRANT SELECT ON retention_policy TO {role}")
    op.execute(f"GRANT SELECT, INSERT ON retention_run TO {FEEDBACK}")


def downgrade() -> None:
    """Take back."""
    op.drop_table("retention_run")
    op.drop_table("retention_policy")
