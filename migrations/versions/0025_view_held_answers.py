"""Let reporting see how many answers of a day wait to be counted and why, and nothing else of them."""

from alembic import op

revision = "0025_view_held_answers"
down_revision = "0024_withdraw_permission"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(
        "CREATE VIEW held_answer_in_waiting AS "
        "SELECT reason, (given_at AT TIME ZONE 'Europe/Helsinki')::date AS given_on FROM held_answer"
    )
    op.execute("GRANT SELECT ON held_answer_in_waiting TO katsaus_reporting")


def downgrade() -> None:
    """Take back."""
    op.execute("DROP VIEW held_answer_in_waiting")
