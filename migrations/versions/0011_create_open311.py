"""Create what Open311 needs: the services a city offers, and what is public of an item sent through it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_create_open311"
down_revision = "0010_extend_content"
branch_labels = None
depends_on = None

FEEDBACK, SURVEY, REPORTING = "katsaus_feedback", "katsaus_survey", "katsaus_reporting"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "open311_service",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("descriptions", postgresql.JSONB(), nullable=False),
        sa.Column("group_names", postgresql.JSONB(), nullable=False),
        sa.Column("keywords", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("topic_code", sa.Text(), nullable=True),
        sa.Column("type_code", sa.Text(), nullable=True),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("attributes", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("names ? 'fi'", name=op.f("ck_open311_service_names_have_finnish")),
        sa.ForeignKeyConstraint(["topic_code"], ["topic.code"], name=op.f("fk_open311_service_topic_code")),
        sa.ForeignKeyConstraint(["type_code"], ["feedback_type.code"], name=op.f("fk_open311_service_type_code")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_open311_service_unit_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_open311_service")),
    )
    op.create_table(
        "feedback_publication",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("service_object_id", sa.Text(), nullable=True),
        sa.Column("service_object_type", sa.Text(), nullable=True),
        sa.Column("moderation", sa.Text(), nullable=False),
        sa.Column("moderated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moderated_by", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("has_attachments", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint(
            "moderation IN ('not_permitted', 'pending', 'published', 'refused')",
            name=op.f("ck_feedback_publication_moderation_known"),
        ),
        sa.CheckConstraint(
            "(moderation IN ('published', 'refused')) = (moderated_at IS NOT NULL AND moderated_by IS NOT NULL)",
            name=op.f("ck_feedback_publication_moderated_by_someone"),
        ),
        sa.CheckConstraint(
            "moderation = 'published' OR (title IS NULL AND body IS NULL AND answer IS NULL)",
            name=op.f("ck_feedback_publication_words_only_when_published"),
        ),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_publication_feedback_id")),
        sa.ForeignKeyConstraint(
            ["service_code"], ["open311_service.code"], name=op.f("fk_feedback_publication_service_code")
        ),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_feedback_publication")),
    )
    op.create_index("ix_feedback_publication_moderation", "feedback_publication", ["moderation"])
    for role in (FEEDBACK, SURVEY, REPORTING):
        op.execute(f"GRANT SELECT ON open311_service TO {role}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON feedback_publication TO {FEEDBACK}")


def downgrade() -> None:
    """Take back."""
    op.drop_table("feedback_publication")
    op.drop_table("open311_service")
