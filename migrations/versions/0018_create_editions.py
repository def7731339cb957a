"""Create editions of the review, chapter texts and actions; a published edition is kept as it is by a trigger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018_create_editions"
down_revision = "0017_store_permission"
branch_labels = None
depends_on = None

REPORTING = "katsaus_reporting"

KEEP = """
CREATE FUNCTION keep_published_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('published', 'withdrawn') THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'withdrawn'
        AND to_jsonb(NEW) - '{state,withdrawn_at,withdrawn_by,withdrawal_reason}'::text[]
          = to_jsonb(OLD) - '{state,withdrawn_at,withdrawn_by,withdrawal_reason}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'edition % version % is published and is kept as it is', OLD.quarter, OLD.version
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'tg_edition_keep_published';
END $$
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "edition",
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("internal_content", sa.Text(), nullable=False),
        sa.Column("internal_hash", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_by_key", sa.Uuid(), nullable=False),
        sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_off_by", sa.Text(), nullable=True),
        sa.Column("signed_off_by_key", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("embargo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'signed_off', 'published', 'withdrawn')", name=op.f("ck_edition_state_known")
        ),
        sa.CheckConstraint("quarter ~ '^[0-9]{4}-Q[1-4]$'", name=op.f("ck_edition_quarter_is_label")),
        sa.CheckConstraint(
            "content_hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')",
            name=op.f("ck_edition_content_hash_is_of_content"),
        ),
        sa.CheckConstraint(
            "internal_hash = encode(sha256(convert_to(internal_content, 'UTF8')), 'hex')",
            name=op.f("ck_edition_internal_hash_is_of_internal_content"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_edition_version_positive")),
        sa.CheckConstraint("version = 1 OR reason IS NOT NULL", name=op.f("ck_edition_correction_has_reason")),
        sa.CheckConstraint(
            "signed_off_by_key IS NULL OR signed_off_by_key <> created_by_key",
            name=op.f("ck_edition_signed_by_another"),
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (signed_off_at IS NULL)", name=op.f("ck_edition_signed_off_unless_draft")
        ),
        sa.CheckConstraint(
            "(state IN ('published', 'withdrawn')) = (published_at IS NOT NULL)",
            name=op.f("ck_edition_published_has_time"),
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_edition_withdrawn_has_time")
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR withdrawal_reason IS NOT NULL", name=op.f("ck_edition_withdrawal_has_reason")
        ),
        sa.PrimaryKeyConstraint("quarter", "version", name=op.f("pk_edition")),
    )
    op.create_index(
        "ix_edition_one_in_preparation",
        "edition",
        ["quarter"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'signed_off')"),
    )
    op.execute(KEEP)
    op.execute(
        "CREATE TRIGGER tg_edition_keep_published BEFORE UPDATE OR DELETE ON edition "
        "FOR EACH ROW EXECUTE FUNCTION keep_published_edition()"
    )
    op.create_table(
        "chapter_text",
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("chapter", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.CheckConstraint("quarter ~ '^[0-9]{4}-Q[1-4]$'", name=op.f("ck_chapter_text_quarter_is_label")),
        sa.CheckConstraint(
            "chapter IN ('introduction', 'participation', 'feedback', 'topics', 'themes', 'accessibility', 'chats', "
            "'smileys', 'ombudsman', 'surveys', 'actions', 'methods')",
            name=op.f("ck_chapter_text_chapter_known"),
        ),
        sa.CheckConstraint("language IN ('fi', 'sv', 'en')", name=op.f("ck_chapter_text_language_known")),
        sa.PrimaryKeyConstraint("quarter", "chapter", "language", name=op.f("pk_chapter_text")),
    )
    op.create_table(
        "review_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("topic_code", sa.Text(), nullable=True),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("did", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint("quarter ~ '^[0-9]{4}-Q[1-4]$'", name=op.f("ck_review_action_quarter_is_label")),
        sa.CheckConstraint("said ? 'fi'", name=op.f("ck_review_action_said_has_finnish")),
        sa.CheckConstraint("did ? 'fi'", name=op.f("ck_review_action_did_has_finnish")),
        sa.ForeignKeyConstraint(["topic_code"], ["topic.code"], name=op.f("fk_review_action_topic_code")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_review_action_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_action")),
    )
    op.create_index("ix_review_action_quarter", "review_action", ["quarter"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON edition, chapter_text, review_action TO {REPORTING}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_key TO {REPORTING}")


def downgrade() -> None:
    """Take back."""
    op.execute(f"REVOKE ALL ON idempotency_key FROM {REPORTING}")
    op.drop_table("review_action")
    op.drop_table("chapter_text")
    op.drop_table("edition")
    op.execute("DROP FUNCTION keep_published_edition()")
