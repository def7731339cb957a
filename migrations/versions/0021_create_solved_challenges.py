"""Create the table of solved challenges: each counts once, in whichever process it comes again."""

import sqlalchemy as sa
from alembic import op

revision = "0021_create_solved_challenges"
down_revision = "0020_create_happy_or_not"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "solved_challenge",
        sa.Column("challenge_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_solved_challenge")),
    )
    op.create_index("ix_solved_challenge_expires_at", "solved_challenge", ["expires_at"])
    op.execute("GRANT SELECT, INSERT, DELETE ON solved_challenge TO katsaus_feedback")


def downgrade() -> None:
    """Take back."""
    op.drop_table("solved_challenge")
