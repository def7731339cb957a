"""Create the queue of letters: answers to senders, and links to a person's own data."""

import sqlalchemy as sa
from alembic import op

revision = "0012_create_mail"
down_revision = "0011_create_open311"
branch_labels = None
depends_on = None

FEEDBACK = "katsaus_feedback"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('answer', 'subject_access')", name=op.f("ck_outgoing_mail_kind_known")),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'parked', 'cancelled')", name=op.f("ck_outgoing_mail_state_known")
        ),
        sa.CheckConstraint(
            "(kind = 'answer') = (event_id IS NOT NULL)", name=op.f("ck_outgoing_mail_answer_has_event")
        ),
        sa.CheckConstraint(
            "recipient IS NULL OR (kind = 'subject_access' AND state = 'queued')",
            name=op.f("ck_outgoing_mail_recipient_only_while_needed"),
        ),
        sa.CheckConstraint(
            "(state = 'queued') = (finished_at IS NULL)", name=op.f("ck_outgoing_mail_finished_unless_queued")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["feedback_event.id"], name=op.f("fk_outgoing_mail_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outgoing_mail_event_id")),
    )
    op.create_index(
        "ix_outgoing_mail_due", "outgoing_mail", ["next_attempt_at"], postgresql_where=sa.text("state = 'queued'")
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON outgoing_mail TO {FEEDBACK}")


def downgrade() -> None:
    """Take back."""
    op.drop_table("outgoing_mail")
