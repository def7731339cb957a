"""Keep with each survey the origins whose pages may show and answer it."""

import sqlalchemy as sa
from alembic import op

revision = "0016_add_survey_allowed_origins"
down_revision = "0015_create_devices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("survey", sa.Column("allowed_origins", sa.ARRAY(sa.Text()), nullable=True))
    op.create_check_constraint(
        op.f("ck_survey_allowed_origins_are_origins"),
        "survey",
        "array_position(allowed_origins, NULL) IS NULL"
        " AND array_to_string(allowed_origins, '') ~ '^[a-z0-9:/.\\[\\]-]*$'",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_constraint(op.f("ck_survey_allowed_origins_are_origins"), "survey", type_="check")
    op.drop_column("survey", "allowed_origins")
