"""Create feedback: facts, content, events and themes."""

import sqlalchemy as sa
from alembic import op

revision = "0003_create_feedback"
down_revision = "0002_create_access"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_reference", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel_code", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("topic_code", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("reply_wanted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_event_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "received_on = (received_at AT TIME ZONE 'Europe/Helsinki')::date",
            name=op.f("ck_feedback_received_on_is_local_day"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'in_progress', 'answered', 'closed', 'transferred_out', 'rejected')",
            name=op.f("ck_feedback_state_known"),
        ),
        sa.CheckConstraint("handled_at >= reacted_at", name=op.f("ck_feedback_handled_not_before_reacted")),
        sa.CheckConstraint(
            "handled_at IS NULL OR reacted_at IS NOT NULL", name=op.f("ck_feedback_handled_is_a_reaction")
        ),
        sa.CheckConstraint("reacted_at >= received_at", name=op.f("ck_feedback_reacted_not_before_received")),
        sa.ForeignKeyConstraint(["channel_code"], ["channel.code"], name=op.f("fk_feedback_channel_code")),
        sa.ForeignKeyConstraint(["topic_code"], ["topic.code"], name=op.f("fk_feedback_topic_code")),
        sa.ForeignKeyConstraint(["type_code"], ["feedback_type.code"], name=op.f("fk_feedback_type_code")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_feedback_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("receipt", name=op.f("uq_feedback_receipt")),
        sa.UniqueConstraint("source", "source_reference", name=op.f("uq_feedback_source_source_reference")),
    )
    op.create_index("ix_feedback_received_on_unit_code", "feedback", ["received_on", "unit_code"], unique=False)
    op.create_index("ix_feedback_updated_at_id", "feedback", ["updated_at", "id"], unique=False)
    op.create_table(
        "feedback_content",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=True),
        sa.Column("sender_email", sa.Text(), nullable=True),
        sa.Column("sender_phone", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_content_feedback_id")),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_feedback_content")),
    )
    op.create_table(
        "feedback_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("type_code", sa.Text(), nullable=True),
        sa.Column("topic_code", sa.Text(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.CheckConstraint("(sequence = 1) = (kind = 'received')", name=op.f("ck_feedback_event_received_is_first")),
        sa.CheckConstraint(
            "kind IN ('received', 'classified', 'assigned', 'transferred', 'interim_answered', 'answered', 'closed', 'rejected', 'reopened')",
            name=op.f("ck_feedback_event_kind_known"),
        ),
        sa.CheckConstraint(
            "recipient IS NULL OR kind = 'transferred'",
            name=op.f("ck_feedback_event_recipient_only_when_transferred"),
        ),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_event_feedback_id")),
        sa.ForeignKeyConstraint(["topic_code"], ["topic.code"], name=op.f("fk_feedback_event_topic_code")),
        sa.ForeignKeyConstraint(["type_code"], ["feedback_type.code"], name=op.f("fk_feedback_event_type_code")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_feedback_event_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_event")),
        sa.UniqueConstraint("feedback_id", "sequence", name=op.f("uq_feedback_event_feedback_id_sequence")),
    )
    op.create_table(
        "feedback_theme",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("theme_code", sa.Text(), nullable=False),
        sa.Column("applies", sa.Boolean(), nullable=False),
        sa.Column("assigned_by", sa.Text(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("applies OR assigned_by = 'staff'", name=op.f("ck_feedback_theme_only_staff_removes")),
        sa.CheckConstraint(
            "assigned_by IN ('search', 'topic', 'staff')", name=op.f("ck_feedback_theme_assigned_by_known")
        ),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_theme_feedback_id")),
        sa.ForeignKeyConstraint(["theme_code"], ["theme.code"], name=op.f("fk_feedback_theme_theme_code")),
        sa.PrimaryKeyConstraint("feedback_id", "theme_code", name=op.f("pk_feedback_theme")),
    )
    op.create_index("ix_feedback_theme_theme_code", "feedback_theme", ["theme_code"], unique=False)
    op.create_table(
        "feedback_event_content",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["feedback_event.id"], name=op.f("fk_feedback_event_content_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_feedback_event_content")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("feedback_event_content")
    op.drop_index("ix_feedback_theme_theme_code", table_name="feedback_theme")
    op.drop_table("feedback_theme")
    op.drop_table("feedback_event")
    op.drop_table("feedback_content")
    op.drop_index("ix_feedback_updated_at_id", table_name="feedback")
    op.drop_index("ix_feedback_received_on_unit_code", table_name="feedback")
    op.drop_table("feedback")
