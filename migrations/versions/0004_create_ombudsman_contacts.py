"""Create ombudsman contacts."""

import sqlalchemy as sa
from alembic import op

revision = "0004_create_ombudsman_contacts"
down_revision = "0003_create_feedback"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ombudsman_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_reference", sa.Text(), nullable=True),
        sa.Column("contacted_on", sa.Date(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("contact_mode", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "contact_mode IN ('phone', 'email', 'visit', 'letter', 'online', 'other')",
            name=op.f("ck_ombudsman_contact_contact_mode_known"),
        ),
        sa.CheckConstraint(
            "contacted_on >= DATE '2000-01-01'", name=op.f("ck_ombudsman_contact_contacted_on_plausible")
        ),
        sa.ForeignKeyConstraint(
            ["service_code"], ["ombudsman_service.code"], name=op.f("fk_ombudsman_contact_service_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ombudsman_contact")),
        sa.UniqueConstraint("source", "source_reference", name=op.f("uq_ombudsman_contact_source_source_reference")),
    )
    op.create_index(op.f("ix_ombudsman_contact_contacted_on"), "ombudsman_contact", ["contacted_on"], unique=False)
    op.create_table(
        "ombudsman_contact_reason",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["ombudsman_contact.id"], name=op.f("fk_ombudsman_contact_reason_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["reason_code"], ["ombudsman_reason.code"], name=op.f("fk_ombudsman_contact_reason_reason_code")
        ),
        sa.PrimaryKeyConstraint("contact_id", "reason_code", name=op.f("pk_ombudsman_contact_reason")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("ombudsman_contact_reason")
    op.drop_index(op.f("ix_ombudsman_contact_contacted_on"), table_name="ombudsman_contact")
    op.drop_table("ombudsman_contact")
