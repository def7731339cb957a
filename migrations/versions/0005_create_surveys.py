"""Create surveys, responses, the answer histogram and the comment outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_create_surveys"
down_revision = "0004_create_ombudsman_contacts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "comment_handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_point_code", sa.Text(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feedback_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(delivered_at IS NULL) = (feedback_id IS NULL)",
            name=op.f("ck_comment_handover_delivered_has_feedback"),
        ),
        sa.CheckConstraint(
            "(delivered_at IS NULL) = (payload IS NOT NULL)",
            name=op.f("ck_comment_handover_payload_until_delivered"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_handover")),
    )
    op.create_index(
        "ix_comment_handover_due",
        "comment_handover",
        ["next_attempt_at"],
        unique=False,
        postgresql_where="delivered_at IS NULL AND parked_at IS NULL",
    )
    op.create_table(
        "survey",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("collection_mode", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{0,62}$'", name=op.f("ck_survey_code_is_slug")),
        sa.CheckConstraint(
            "collection_mode IN ('chat', 'web', 'device', 'sms', 'paper', 'oral')",
            name=op.f("ck_survey_collection_mode_known"),
        ),
        sa.CheckConstraint("kind IN ('chat', 'smiley', 'questionnaire')", name=op.f("ck_survey_kind_known")),
        sa.CheckConstraint("names ? 'fi'", name=op.f("ck_survey_names_have_finnish")),
        sa.CheckConstraint("closes_at IS NULL OR closes_at > opens_at", name=op.f("ck_survey_closes_after_opens")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_survey_unit_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_survey")),
    )
    op.create_table(
        "answer_histogram",
        sa.Column("service_point_code", sa.Text(), nullable=False),
        sa.Column("survey_code", sa.Text(), nullable=False),
        sa.Column("question_code", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_hour", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("collection_mode", sa.Text(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "collection_mode IN ('chat', 'web', 'device', 'sms', 'paper', 'oral')",
            name=op.f("ck_answer_histogram_collection_mode_known"),
        ),
        sa.CheckConstraint("count >= 0", name=op.f("ck_answer_histogram_count_not_negative")),
        sa.CheckConstraint("given_hour BETWEEN 0 AND 23", name=op.f("ck_answer_histogram_given_hour_of_day")),
        sa.ForeignKeyConstraint(
            ["service_point_code"], ["unit.code"], name=op.f("fk_answer_histogram_service_point_code")
        ),
        sa.ForeignKeyConstraint(["survey_code"], ["survey.code"], name=op.f("fk_answer_histogram_survey_code")),
        sa.PrimaryKeyConstraint(
            "service_point_code",
            "survey_code",
            "question_code",
            "given_on",
            "given_hour",
            "version",
            "collection_mode",
            "value",
            name=op.f("pk_answer_histogram"),
        ),
    )
    op.create_index("ix_answer_histogram_given_on", "answer_histogram", ["given_on"], unique=False)
    op.create_table(
        "survey_version",
        sa.Column("survey_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_survey_version_version_positive")),
        sa.ForeignKeyConstraint(["survey_code"], ["survey.code"], name=op.f("fk_survey_version_survey_code")),
        sa.PrimaryKeyConstraint("survey_code", "version", name=op.f("pk_survey_version")),
    )
    op.create_table(
        "survey_question",
        sa.Column("survey_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("labels", postgresql.JSONB(), nullable=False),
        sa.Column("scale_steps", sa.Integer(), nullable=True),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'scale') = (scale_steps IS NOT NULL)", name=op.f("ck_survey_question_scale_has_steps")
        ),
        sa.CheckConstraint("code ~ '^[a-z0-9][a-z0-9_]{0,62}$'", name=op.f("ck_survey_question_code_is_name")),
        sa.CheckConstraint(
            "kind IN ('scale', 'smiley_4', 'smiley_5', 'single_choice', 'multiple_choice', 'yes_no', 'grade', 'nps', 'text')",
            name=op.f("ck_survey_question_kind_known"),
        ),
        sa.CheckConstraint("labels ? 'fi'", name=op.f("ck_survey_question_labels_have_finnish")),
        sa.CheckConstraint(
            "purpose IN ('satisfaction', 'contact_topic', 'statement', 'overall_grade', 'recommendation', 'comment', 'other')",
            name=op.f("ck_survey_question_purpose_known"),
        ),
        sa.CheckConstraint("100 % (scale_steps - 1) = 0", name=op.f("ck_survey_question_scale_steps_are_whole")),
        sa.ForeignKeyConstraint(
            ["survey_code", "version"],
            ["survey_version.survey_code", "survey_version.version"],
            name="fk_survey_question_survey_version",
        ),
        sa.PrimaryKeyConstraint("survey_code", "version", "code", name=op.f("pk_survey_question")),
    )
    op.create_table(
        "survey_response",
        sa.Column("service_point_code", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("collection_mode", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_hour", sa.SmallInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("interaction_reference", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "collection_mode IN ('chat', 'web', 'device', 'sms', 'paper', 'oral')",
            name=op.f("ck_survey_response_collection_mode_known"),
        ),
        sa.CheckConstraint(
            "given_on = (given_at AT TIME ZONE 'Europe/Helsinki')::date AND given_hour = extract(hour FROM given_at AT TIME ZONE 'Europe/Helsinki')",
            name=op.f("ck_survey_response_given_on_is_local_day"),
        ),
        sa.ForeignKeyConstraint(
            ["service_point_code"], ["unit.code"], name=op.f("fk_survey_response_service_point_code")
        ),
        sa.ForeignKeyConstraint(
            ["survey_code", "version"],
            ["survey_version.survey_code", "survey_version.version"],
            name="fk_survey_response_survey_version",
        ),
        sa.PrimaryKeyConstraint("service_point_code", "id", name=op.f("pk_survey_response")),
    )
    op.create_index(
        "ix_survey_response_survey_code_given_on",
        "survey_response",
        ["survey_code", "given_on"],
        unique=False,
    )
    op.create_table(
        "survey_option",
        sa.Column("survey_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question_code", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("labels", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("labels ? 'fi'", name=op.f("ck_survey_option_labels_have_finnish")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_survey_option_number_positive")),
        sa.ForeignKeyConstraint(
            ["survey_code", "version", "question_code"],
            ["survey_question.survey_code", "survey_question.version", "survey_question.code"],
            name="fk_survey_option_survey_question",
        ),
        sa.PrimaryKeyConstraint("survey_code", "version", "question_code", "code", name=op.f("pk_survey_option")),
        sa.UniqueConstraint(
            "survey_code",
            "version",
            "question_code",
            "number",
            name=op.f("uq_survey_option_survey_code_version_question_code_number"),
        ),
    )
    op.create_table(
        "survey_response_content",
        sa.Column("service_point_code", sa.Text(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("comments", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_point_code", "response_id"],
            ["survey_response.service_point_code", "survey_response.id"],
            name="fk_survey_response_content_survey_response",
        ),
        sa.PrimaryKeyConstraint("service_point_code", "response_id", name=op.f("pk_survey_response_content")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("survey_response_content")
    op.drop_table("survey_option")
    op.drop_index("ix_survey_response_survey_code_given_on", table_name="survey_response")
    op.drop_table("survey_response")
    op.drop_table("survey_question")
    op.drop_table("survey_version")
    op.drop_index("ix_answer_histogram_given_on", table_name="answer_histogram")
    op.drop_table("answer_histogram")
    op.drop_table("survey")
    op.drop_index(
        "ix_comment_handover_due",
        table_name="comment_handover",
        postgresql_where="delivered_at IS NULL AND parked_at IS NULL",
    )
    op.drop_table("comment_handover")
