"""Create attachments: what is known of a file; the file itself lies in the attachments' store.

No name of the file is kept: it is the sender's, and may hold one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014_create_attachments"
down_revision = "0013_create_retention"
branch_labels = None
depends_on = None

FEEDBACK = "katsaus_feedback"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "feedback_attachment",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_feedback_attachment_position_positive")),
        sa.CheckConstraint("byte_size > 0", name=op.f("ck_feedback_attachment_byte_size_positive")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_attachment_feedback_id")),
        sa.PrimaryKeyConstraint("feedback_id", "position", name=op.f("pk_feedback_attachment")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_feedback_attachment_storage_key")),
    )
    op.execute(f"GRANT SELECT, INSERT, DELETE ON feedback_attachment TO {FEEDBACK}")


def downgrade() -> None:
    """Take back."""
    op.drop_table("feedback_attachment")
