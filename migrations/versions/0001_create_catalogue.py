"""Create the catalogue."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_create_catalogue"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "catalogue_revision",
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name=op.f("pk_catalogue_revision")),
    )
    op.create_index(op.f("ix_catalogue_revision_loaded_at"), "catalogue_revision", ["loaded_at"], unique=False)
    op.create_table(
        "channel",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("names ? 'fi'", name=op.f("ck_channel_names_have_finnish")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_channel")),
    )
    op.create_table(
        "feedback_type",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("aliases", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.CheckConstraint("names ? 'fi'", name=op.f("ck_feedback_type_names_have_finnish")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_feedback_type")),
    )
    op.create_table(
        "ombudsman_reason",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("names ? 'fi'", name=op.f("ck_ombudsman_reason_names_have_finnish")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ombudsman_reason")),
    )
    op.create_table(
        "ombudsman_service",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("names ? 'fi'", name=op.f("ck_ombudsman_service_names_have_finnish")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ombudsman_service")),
    )
    op.create_table(
        "target_policy",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("target_days", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("target_days > 0", name=op.f("ck_target_policy_target_days_positive")),
        sa.PrimaryKeyConstraint("valid_from", name=op.f("pk_target_policy")),
    )
    op.create_table(
        "theme",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("searches", postgresql.JSONB(), nullable=False),
        sa.Column("topic_codes", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.CheckConstraint("names ? 'fi'", name=op.f("ck_theme_names_have_finnish")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_theme")),
    )
    op.create_table(
        "topic",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("aliases", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.CheckConstraint("names ? 'fi'", name=op.f("ck_topic_names_have_finnish")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_topic")),
    )
    op.create_table(
        "unit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("aliases", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_code", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('city', 'division', 'service_package', 'service', 'service_point')",
            name=op.f("ck_unit_kind_known"),
        ),
        sa.CheckConstraint("names ? 'fi'", name=op.f("ck_unit_names_have_finnish")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_unit_valid_to_after_valid_from")),
        sa.ForeignKeyConstraint(["parent_code"], ["unit.code"], name=op.f("fk_unit_parent_code")),
        sa.ForeignKeyConstraint(["successor_code"], ["unit.code"], name=op.f("fk_unit_successor_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
    )
    op.create_index(op.f("ix_unit_parent_code"), "unit", ["parent_code"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_unit_parent_code"), table_name="unit")
    op.drop_table("unit")
    op.drop_table("topic")
    op.drop_table("theme")
    op.drop_table("target_policy")
    op.drop_table("ombudsman_service")
    op.drop_table("ombudsman_reason")
    op.drop_table("feedback_type")
    op.drop_table("channel")
    op.drop_index(op.f("ix_catalogue_revision_loaded_at"), table_name="catalogue_revision")
    op.drop_table("catalogue_revision")
