"""Give each service a PostgreSQL role that can write its own tables, read what it needs, and nothing else.

The roles cannot log in by themselves: a service connects as a member and takes its role (``options=-c role=…``).
Roles belong to the whole server, which may hold several Katsaus databases, so taking this back revokes the rights in
this database and leaves the roles.
"""

from alembic import op

revision = "0006_grant_service_roles"
down_revision = "0005_create_surveys"
branch_labels = None
depends_on = None

FEEDBACK, SURVEY, REPORTING = "katsaus_feedback", "katsaus_survey", "katsaus_reporting"

CATALOGUE = [
    "unit",
    "feedback_type",
    "topic",
    "channel",
    "theme",
    "target_policy",
    "ombudsman_service",
    "ombudsman_reason",
    "catalogue_revision",
]
ACCESS = ["api_key", "alembic_version"]
FEEDBACK_FACTS = ["feedback", "feedback_event", "feedback_theme"]
FEEDBACK_CONTENT = ["feedback_content", "feedback_event_content"]
OMBUDSMAN = ["ombudsman_contact", "ombudsman_contact_reason"]
SURVEY_FACTS = ["survey", "survey_version", "survey_question", "survey_option", "survey_response", "answer_histogram"]
SURVEY_CONTENT = ["survey_response_content", "comment_handover"]
IDEMPOTENCY = ["idempotency_key"]

GRANTS = [
    # Facts are never deleted; content can be. Events are never changed.
    (FEEDBACK, "SELECT", CATALOGUE + ACCESS),
    (FEEDBACK, "SELECT, INSERT, UPDATE", ["feedback"]),
    (FEEDBACK, "SELECT, INSERT", ["feedback_event", *OMBUDSMAN]),
    (FEEDBACK, "SELECT, INSERT, UPDATE, DELETE", ["feedback_theme", *FEEDBACK_CONTENT, *IDEMPOTENCY]),
    (SURVEY, "SELECT", CATALOGUE + ACCESS),
    (SURVEY, "SELECT, INSERT", ["survey_version", "survey_question", "survey_option", "survey_response"]),
    (SURVEY, "SELECT, INSERT, UPDATE", ["survey", "answer_histogram"]),
    (SURVEY, "SELECT, INSERT, UPDATE, DELETE", SURVEY_CONTENT + IDEMPOTENCY),
    # reporting_api reads facts and never content.
    (REPORTING, "SELECT", CATALOGUE + ACCESS + FEEDBACK_FACTS + OMBUDSMAN + SURVEY_FACTS),
]


def upgrade() -> None:
    """Apply."""
    for role in (FEEDBACK, SURVEY, REPORTING):
        # Two databases of one server may be migrated at once.
        op.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        op.execute(f"GRANT {role} TO CURRENT_USER")
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    for role, rights, tables in GRANTS:
        op.execute(f"GRANT {rights} ON {', '.join(tables)} TO {role}")


def downgrade() -> None:
    """Take back."""
    for role, _, tables in GRANTS:
        op.execute(f"REVOKE ALL ON {', '.join(tables)} FROM {role}")
    for role in (FEEDBACK, SURVEY, REPORTING):
        op.execute(f"REVOKE USAGE ON SCHEMA public FROM {role}")
