"""Let a person shorten a comment when releasing it, and publish none whose response is judged misuse."""

import sqlalchemy as sa
from alembic import op

revision = "0028_edit_released_comments"
down_revision = "0027_ask_counted_hours"
branch_labels = None
depends_on = None

_VIEW = (
    "CREATE OR REPLACE VIEW released_comment AS "
    "SELECT response.service_point_code, response.id AS response_id, response.survey_code, response.version, "
    "response.given_on, response.language, decision.question_code, decision.decided_at AS released_at, "
    "{words} AS comment "
    "FROM comment_decision AS decision "
    "JOIN survey_response_content AS content USING (service_point_code, response_id) "
    "JOIN survey_response AS response "
    "ON (response.service_point_code, response.id) = (decision.service_point_code, decision.response_id) "
    "WHERE decision.decision = 'released' AND content.comments ? decision.question_code"
)

_ORIGINAL = "content.comments ->> decision.question_code"


def upgrade() -> None:
    """Apply."""
    op.add_column("comment_decision", sa.Column("shown_text", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_comment_decision_shown_text_is_released"),
        "comment_decision",
        "shown_text IS NULL OR decision = 'released'",
    )
    op.create_check_constraint(
        op.f("ck_comment_decision_shown_text_not_blank"), "comment_decision", r"shown_text ~ '\S'"
    )
    # As misuse is read from the response itself, what is published follows when the rule judges anew.
    op.execute(
        _VIEW.format(words=f"coalesce(decision.shown_text, {_ORIGINAL})")
        + " AND response.source_misuse_reason IS NULL AND response.misuse_reason IS NULL"
    )


def downgrade() -> None:
    """Take back. A comment that was released in other words is withheld: its own were not what was released."""
    op.execute(_VIEW.format(words=_ORIGINAL))
    op.drop_constraint(op.f("ck_comment_decision_shown_text_is_released"), "comment_decision", type_="check")
    op.execute("UPDATE comment_decision SET decision = 'withheld' WHERE shown_text IS NOT NULL")
    op.drop_constraint(op.f("ck_comment_decision_shown_text_not_blank"), "comment_decision", type_="check")
    op.drop_column("comment_decision", "shown_text")
