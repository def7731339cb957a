"""Let the withdrawal of a permission to publish be an event."""

from alembic import op

revision = "0024_withdraw_permission"
down_revision = "0023_retain_comments"
branch_labels = None
depends_on = None

KINDS = (
    "'received', 'classified', 'assigned', 'transferred', 'interim_answered', 'answered', 'closed', 'rejected', "
    "'reopened', 'held', 'released', 'confirmed', 'noted', 'commented'"
)


def upgrade() -> None:
    """Apply."""
    op.drop_constraint("kind_known", "feedback_event", type_="check")
    op.create_check_constraint("kind_known", "feedback_event", f"kind IN ({KINDS}, 'permission_withdrawn')")


def downgrade() -> None:
    """Take back. Refused by the old constraint while there are events of the new kind: nothing is lost silently."""
    op.drop_constraint("kind_known", "feedback_event", type_="check")
    op.create_check_constraint("kind_known", "feedback_event", f"kind IN ({KINDS})")
