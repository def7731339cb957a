"""Store the sender's permission to publish with the facts, apart from what a moderator decides.

Items that came through Open311 without it waited for nobody under a moderation of their own; now all items have the same
three, and the permission is asked of the facts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017_store_permission"
down_revision = "0016_add_survey_allowed_origins"
branch_labels = None
depends_on = None

MODERATIONS = "'pending', 'published', 'refused'"


def upgrade() -> None:
    """Apply."""
    op.add_column("feedback", sa.Column("publication_permitted", sa.Boolean(), server_default="false", nullable=False))
    op.execute(
        "UPDATE feedback SET publication_permitted = true FROM feedback_publication "
        "WHERE feedback_publication.feedback_id = feedback.id AND moderation <> 'not_permitted'"
    )
    op.execute("UPDATE feedback_publication SET moderation = 'pending' WHERE moderation = 'not_permitted'")
    op.drop_constraint("moderation_known", "feedback_publication", type_="check")
    op.create_check_constraint("moderation_known", "feedback_publication", f"moderation IN ({MODERATIONS})")


def downgrade() -> None:
    """Take back."""
    op.drop_constraint("moderation_known", "feedback_publication", type_="check")
    op.create_check_constraint(
        "moderation_known", "feedback_publication", f"moderation IN ('not_permitted', {MODERATIONS})"
    )
    op.execute(
        "UPDATE feedback_publication SET moderation = 'not_permitted', moderated_at = NULL, moderated_by = NULL, "
        "title = NULL, body = NULL, answer = NULL, has_attachments = false FROM feedback "
        "WHERE feedback.id = feedback_publication.feedback_id AND NOT publication_permitted"
    )
    op.drop_column("feedback", "publication_permitted")
