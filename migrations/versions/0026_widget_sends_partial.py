"""Let a survey say that its widget sends what a visitor has answered when they leave without sending."""

import sqlalchemy as sa
from alembic import op

revision = "0026_widget_sends_partial"
down_revision = "0025_view_held_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("survey", sa.Column("widget_sends_partial", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    """Take back."""
    op.drop_column("survey", "widget_sends_partial")
