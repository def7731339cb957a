"""Leave reporting the right to read what it reads: tables that it asks nothing of it sees no more.

Panels it reads through the views of their acts.
"""

from alembic import op

revision = "0034_narrow_reporting_rights"
down_revision = "0033_translate_reasons"
branch_labels = None
depends_on = None

REPORTING = "katsaus_reporting"
UNREAD = "feedback_event, feedback_deadline, hourly_count, device_assignment, client_panel"


def upgrade() -> None:
    """Apply."""
    op.execute(f"REVOKE SELECT ON {UNREAD} FROM {REPORTING}")


def downgrade() -> None:
    """Take back."""
    op.execute(f"GRANT SELECT ON {UNREAD} TO {REPORTING}")
