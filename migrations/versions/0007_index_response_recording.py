"""Index responses by when they were recorded: the order GET /v1/responses lists them in."""

from alembic import op

revision = "0007_index_response_recording"
down_revision = "0006_grant_service_roles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_survey_response_recorded_at_id", "survey_response", ["recorded_at", "id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_survey_response_recorded_at_id", table_name="survey_response")
