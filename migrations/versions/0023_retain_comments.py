"""Keep comments of surveys for a time too: policies say of which content, runs say of which service."""

import sqlalchemy as sa
from alembic import op

revision = "0023_retain_comments"
down_revision = "0022_extend_surveys"
branch_labels = None
depends_on = None

FEEDBACK, SURVEY = "katsaus_feedback", "katsaus_survey"


def upgrade() -> None:
    """Apply."""
    op.add_column("retention_policy", sa.Column("content", sa.Text(), server_default="feedback", nullable=False))
    op.alter_column("retention_policy", "content", server_default=None)
    op.create_check_constraint(
        op.f("ck_retention_policy_content_known"), "retention_policy", "content IN ('feedback', 'survey_comments')"
    )
    op.create_check_constraint(
        op.f("ck_retention_policy_comments_are_not_told_apart"),
        "retention_policy",
        "content <> 'survey_comments' OR (holds = '{}' AND type_codes = '{}' AND counted_from = 'received')",
    )
    op.add_column("retention_run", sa.Column("service", sa.Text(), server_default="feedback_api", nullable=False))
    op.alter_column("retention_run", "service", server_default=None)
    op.alter_column("retention_run", "finished_at", nullable=True)
    op.create_index("ix_comment_handover_response_id", "comment_handover", ["response_id"])
    op.execute(f"GRANT UPDATE (finished_at, counts) ON retention_run TO {FEEDBACK}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE (finished_at, counts) ON retention_run TO {SURVEY}")


def downgrade() -> None:
    """Take back. Runs of survey_api go; one that was cut off ends when it began."""
    op.execute(f"REVOKE ALL ON retention_run FROM {SURVEY}")
    op.execute(f"REVOKE UPDATE (finished_at, counts) ON retention_run FROM {FEEDBACK}")
    op.drop_index("ix_comment_handover_response_id", table_name="comment_handover")
    op.execute("DELETE FROM retention_run WHERE service <> 'feedback_api'")
    op.execute("UPDATE retention_run SET finished_at = started_at WHERE finished_at IS NULL")
    op.alter_column("retention_run", "finished_at", nullable=False)
    op.drop_column("retention_run", "service")
    op.execute("DELETE FROM retention_policy WHERE content <> 'feedback'")
    op.drop_constraint("comments_are_not_told_apart", "retention_policy", type_="check")
    op.drop_constraint("content_known", "retention_policy", type_="check")
    op.drop_column("retention_policy", "content")
