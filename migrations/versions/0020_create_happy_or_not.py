"""Create what is read from HappyOrNot: points and surveys seen, mapping, presses and hours that wait, pulls."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020_create_happy_or_not"
down_revision = "0019_create_participation"
branch_labels = None
depends_on = None

SURVEY = "katsaus_survey"
AMEND = "amend_sourced_response(text, uuid, jsonb, text)"

TABLES = (
    "happy_or_not_survey",
    "happy_or_not_point",
    "happy_or_not_option",
    "happy_or_not_survey_mapping",
    "happy_or_not_point_mapping",
    "happy_or_not_feedback",
    "happy_or_not_follow_up",
    "happy_or_not_text",
    "happy_or_not_hour",
    "happy_or_not_pull",
    "happy_or_not_cursor",
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "happy_or_not_cursor",
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("read_until", sa.Date(), nullable=False),
        sa.CheckConstraint("generation IN ('v1', 'v2')", name=op.f("ck_happy_or_not_cursor_generation_known")),
        sa.PrimaryKeyConstraint("generation", name=op.f("pk_happy_or_not_cursor")),
    )
    op.create_table(
        "happy_or_not_feedback",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Text(), nullable=False),
        sa.Column("point_id", sa.Text(), nullable=False),
        sa.Column("local_time", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("button_index", sa.SmallInteger(), nullable=False),
        sa.Column("is_misuse", sa.Boolean(), nullable=False),
        sa.Column("ui", sa.Text(), nullable=True),
        sa.Column("has_button", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'taken')", name=op.f("ck_happy_or_not_feedback_state_known")),
        sa.CheckConstraint("button_index BETWEEN 0 AND 10", name=op.f("ck_happy_or_not_feedback_button_index_known")),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_happy_or_not_feedback")),
    )
    op.create_index("ix_happy_or_not_feedback_given_at", "happy_or_not_feedback", ["given_at"], unique=False)
    op.create_index(
        "ix_happy_or_not_feedback_survey_id_point_id", "happy_or_not_feedback", ["survey_id", "point_id"], unique=False
    )
    op.create_index(
        "ix_happy_or_not_feedback_unlooked",
        "happy_or_not_feedback",
        ["feedback_id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting' AND reason IS NULL"),
    )
    op.create_table(
        "happy_or_not_hour",
        sa.Column("survey_id", sa.Text(), nullable=False),
        sa.Column("hour_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("point_id", sa.Text(), nullable=False),
        sa.Column("counts", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'taken')", name=op.f("ck_happy_or_not_hour_state_known")),
        sa.PrimaryKeyConstraint("survey_id", "hour_starts_at", name=op.f("pk_happy_or_not_hour")),
    )
    op.create_index(
        "ix_happy_or_not_hour_unlooked",
        "happy_or_not_hour",
        ["survey_id", "hour_starts_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting' AND reason IS NULL"),
    )
    op.create_table(
        "happy_or_not_option",
        sa.Column("option_id", sa.Text(), nullable=False),
        sa.Column("survey_id", sa.Text(), nullable=True),
        sa.Column("follow_up_question_id", sa.Text(), nullable=False),
        sa.Column("is_positive", sa.Boolean(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("option_id", name=op.f("pk_happy_or_not_option")),
    )
    op.create_table(
        "happy_or_not_point",
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("point_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("generation IN ('v1', 'v2')", name=op.f("ck_happy_or_not_point_generation_known")),
        sa.PrimaryKeyConstraint("generation", "point_id", name=op.f("pk_happy_or_not_point")),
    )
    op.create_table(
        "happy_or_not_pull",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_until", sa.Date(), nullable=True),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("failure_detail", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(failure_code IS NULL) = (state <> 'failed')", name=op.f("ck_happy_or_not_pull_failed_has_code")
        ),
        sa.CheckConstraint(
            "(finished_at IS NOT NULL) = (state IN ('finished', 'failed', 'interrupted'))",
            name=op.f("ck_happy_or_not_pull_finished_at_end"),
        ),
        sa.CheckConstraint("kind IN ('read', 'apply_mapping')", name=op.f("ck_happy_or_not_pull_kind_known")),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'finished', 'failed', 'interrupted')",
            name=op.f("ck_happy_or_not_pull_state_known"),
        ),
        sa.CheckConstraint("until_day > from_day", name=op.f("ck_happy_or_not_pull_until_after_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happy_or_not_pull")),
    )
    op.create_index("ix_happy_or_not_pull_requested_at_id", "happy_or_not_pull", ["requested_at", "id"], unique=False)
    op.create_index(
        "uq_happy_or_not_pull_queued",
        "happy_or_not_pull",
        ["kind", "from_day", "until_day"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "happy_or_not_survey",
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("survey_id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("scale", sa.Text(), nullable=True),
        sa.Column("index_type", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("order_check", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("generation IN ('v1', 'v2')", name=op.f("ck_happy_or_not_survey_generation_known")),
        sa.CheckConstraint(
            "order_check IN ('confirmed', 'contradicted', 'undecided')",
            name=op.f("ck_happy_or_not_survey_order_check_known"),
        ),
        sa.PrimaryKeyConstraint("generation", "survey_id", name=op.f("pk_happy_or_not_survey")),
    )
    op.create_table(
        "happy_or_not_follow_up",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("option_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feedback_id"],
            ["happy_or_not_feedback.feedback_id"],
            name="fk_happy_or_not_follow_up_feedback",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("feedback_id", "option_id", name=op.f("pk_happy_or_not_follow_up")),
    )
    op.create_table(
        "happy_or_not_text",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feedback_id"],
            ["happy_or_not_feedback.feedback_id"],
            name="fk_happy_or_not_text_feedback",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("feedback_id", "position", name=op.f("pk_happy_or_not_text")),
    )
    op.create_table(
        "happy_or_not_survey_mapping",
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("survey_id", sa.Text(), nullable=False),
        sa.Column("survey_code", sa.Text(), nullable=False),
        sa.Column("rating_question", sa.Text(), nullable=False),
        sa.Column("comment_question", sa.Text(), nullable=True),
        sa.Column("follow_up_question", sa.Text(), nullable=True),
        sa.Column("options", postgresql.JSONB(), nullable=False),
        sa.Column("index_order", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("generation IN ('v1', 'v2')", name=op.f("ck_happy_or_not_survey_mapping_generation_known")),
        sa.CheckConstraint(
            "index_order IN ('negative_first', 'positive_first')",
            name=op.f("ck_happy_or_not_survey_mapping_index_order_known"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_code"], ["survey.code"], name=op.f("fk_happy_or_not_survey_mapping_survey_code")
        ),
        sa.PrimaryKeyConstraint("generation", "survey_id", name=op.f("pk_happy_or_not_survey_mapping")),
    )
    op.create_table(
        "happy_or_not_point_mapping",
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("survey_id", sa.Text(), nullable=False),
        sa.Column("point_id", sa.Text(), nullable=False),
        sa.Column("service_point_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation", "survey_id"],
            ["happy_or_not_survey_mapping.generation", "happy_or_not_survey_mapping.survey_id"],
            name="fk_happy_or_not_point_mapping_survey_mapping",
        ),
        sa.ForeignKeyConstraint(
            ["service_point_code"], ["unit.code"], name=op.f("fk_happy_or_not_point_mapping_service_point_code")
        ),
        sa.PrimaryKeyConstraint("generation", "survey_id", "point_id", name=op.f("pk_happy_or_not_point_mapping")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO {SURVEY}")
    # What people answered here never changes. Another system is the source of what came from it, and may add to it later.
    op.execute(
        """
        CREATE FUNCTION amend_sourced_response(service_point text, response_id uuid, amended jsonb, amended_hash text)
        RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
            UPDATE public.survey_response SET answers = amended, content_hash = amended_hash
            WHERE service_point_code = service_point AND id = response_id AND source IS NOT NULL
            RETURNING true
        $$
        """
    )
    op.execute(f"REVOKE ALL ON FUNCTION {AMEND} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {AMEND} TO {SURVEY}")


def downgrade() -> None:
    """Take back."""
    op.execute(f"DROP FUNCTION {AMEND}")
    for table in reversed(TABLES):
        op.drop_table(table)
