"""Let content hold a place and a form's further answers, be searched, and be recognised when it comes again.

The search column follows from the words and goes with them. A fingerprint is a keyed hash, so nothing can be read back
from it, and is forgotten after the window within which the same words count as sent twice.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010_extend_content"
down_revision = "0009_keep_items_apart"
branch_labels = None
depends_on = None

FEEDBACK = "katsaus_feedback"

WORDS = "coalesce(title, '') || ' ' || body"
SEARCH = " || ".join(f"to_tsvector('{language}'::regconfig, {WORDS})" for language in ("finnish", "swedish", "english"))


def upgrade() -> None:
    """Apply."""
    for name in ("address", "address_id", "zip_code"):
        op.add_column("feedback_content", sa.Column(name, sa.Text(), nullable=True))
    for name in ("latitude", "longitude"):
        op.add_column("feedback_content", sa.Column(name, sa.Double(), nullable=True))
    op.add_column("feedback_content", sa.Column("attributes", postgresql.JSONB(none_as_null=True), nullable=True))
    op.add_column(
        "feedback_content",
        sa.Column("search", postgresql.TSVECTOR(), sa.Computed(SEARCH, persisted=True), nullable=True),
    )
    op.create_check_constraint(
        "place_is_whole_and_on_earth",
        "feedback_content",
        "(latitude IS NULL) = (longitude IS NULL) AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
    )
    op.create_index("ix_feedback_content_search", "feedback_content", ["search"], postgresql_using="gin")
    op.create_index(
        "ix_feedback_content_place",
        "feedback_content",
        ["latitude", "longitude"],
        postgresql_where=sa.text("latitude IS NOT NULL"),
    )
    op.create_index(
        "ix_feedback_content_sender_email",
        "feedback_content",
        [sa.text("lower(sender_email)")],
        postgresql_where=sa.text("sender_email IS NOT NULL"),
    )
    op.create_table(
        "feedback_fingerprint",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_fingerprint_feedback_id")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_feedback_fingerprint")),
    )
    op.create_index("ix_feedback_fingerprint_seen_at", "feedback_fingerprint", ["seen_at"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON feedback_fingerprint TO {FEEDBACK}")


def downgrade() -> None:
    """Take back."""
    op.drop_table("feedback_fingerprint")
    for name in ("sender_email", "place", "search"):
        op.drop_index(f"ix_feedback_content_{name}", table_name="feedback_content")
    op.drop_constraint("place_is_whole_and_on_earth", "feedback_content", type_="check")
    for name in ("search", "attributes", "longitude", "latitude", "zip_code", "address_id", "address"):
        op.drop_column("feedback_content", name)
