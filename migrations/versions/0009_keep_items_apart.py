"""Let an item be kept apart from the figures, and let reporting_api see only the items that are not.

reporting_api loses its right to the table and gets two views: what figures are made of, and how many items are kept
apart from them. So no statement of its can count spam, a claim that is no feedback, or the same words sent twice.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_keep_items_apart"
down_revision = "0008_create_deadlines"
branch_labels = None
depends_on = None

REPORTING = "katsaus_reporting"

KINDS = "'received', 'classified', 'assigned', 'transferred', 'interim_answered', 'answered', 'closed', 'rejected', 'reopened'"
NEW_KINDS = f"{KINDS}, 'held', 'released', 'confirmed', 'noted', 'commented'"
HOLDS = "hold IN ('suspected_spam', 'not_feedback', 'duplicate')"


def upgrade() -> None:
    """Apply."""
    op.add_column("feedback", sa.Column("hold", sa.Text(), nullable=True))
    op.add_column("feedback", sa.Column("hold_reason", sa.Text(), nullable=True))
    op.add_column("feedback", sa.Column("hold_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("feedback", sa.Column("sender_identified", sa.Boolean(), server_default="false", nullable=False))
    op.create_check_constraint("hold_known", "feedback", HOLDS)
    op.create_check_constraint("hold_has_reason", "feedback", "(hold IS NULL) = (hold_reason IS NULL)")
    op.create_check_constraint("only_a_hold_is_confirmed", "feedback", "hold IS NOT NULL OR hold_confirmed_at IS NULL")
    op.create_index("ix_feedback_hold", "feedback", ["hold"], postgresql_where=sa.text("hold IS NOT NULL"))

    op.add_column("feedback_event", sa.Column("hold", sa.Text(), nullable=True))
    op.add_column("feedback_event", sa.Column("hold_reason", sa.Text(), nullable=True))
    op.add_column("feedback_event", sa.Column("is_sensitive", sa.Boolean(), server_default="false", nullable=False))
    op.drop_constraint("kind_known", "feedback_event", type_="check")
    op.create_check_constraint("kind_known", "feedback_event", f"kind IN ({NEW_KINDS})")
    op.create_check_constraint("hold_known", "feedback_event", HOLDS)
    op.create_check_constraint(
        "held_has_reason", "feedback_event", "(kind = 'held') = (hold IS NOT NULL AND hold_reason IS NOT NULL)"
    )
    op.create_check_constraint(
        "only_answers_sensitive", "feedback_event", "NOT is_sensitive OR kind IN ('interim_answered', 'answered')"
    )

    op.execute(
        "CREATE VIEW feedback_in_figures AS SELECT id, source, received_at, received_on, channel_code, unit_code, "
        "type_code, topic_code, language, reply_wanted, state, reacted_at, handled_at FROM feedback WHERE hold IS NULL"
    )
    op.execute(
        "CREATE VIEW feedback_kept_apart AS SELECT received_on, unit_code, hold FROM feedback WHERE hold IS NOT NULL"
    )
    op.execute(f"REVOKE SELECT ON feedback FROM {REPORTING}")
    op.execute(f"GRANT SELECT ON feedback_in_figures, feedback_kept_apart TO {REPORTING}")


def downgrade() -> None:
    """Take back. Refused by the old constraint while there are events of the new kinds: nothing is lost silently."""
    op.execute(f"GRANT SELECT ON feedback TO {REPORTING}")
    op.execute("DROP VIEW feedback_kept_apart")
    op.execute("DROP VIEW feedback_in_figures")
    for name in ("only_answers_sensitive", "held_has_reason", "hold_known", "kind_known"):
        op.drop_constraint(name, "feedback_event", type_="check")
    op.create_check_constraint("kind_known", "feedback_event", f"kind IN ({KINDS})")
    for column in ("is_sensitive", "hold_reason", "hold"):
        op.drop_column("feedback_event", column)
    op.drop_index("ix_feedback_hold", table_name="feedback")
    for name in ("only_a_hold_is_confirmed", "hold_has_reason", "hold_known"):
        op.drop_constraint(name, "feedback", type_="check")
    for column in ("sender_identified", "hold_confirmed_at", "hold_reason", "hold"):
        op.drop_column("feedback", column)
