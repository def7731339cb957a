"""Let surveys have drafts, follow-up questions, partial answers, invitations and comments that a person releases.

A published version cannot be changed by anyone, whatever they write: triggers refuse it by name.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022_extend_surveys"
down_revision = "0021_create_solved_challenges"
branch_labels = None
depends_on = None

SURVEY, REPORTING = "katsaus_survey", "katsaus_reporting"

MODES = (
    "collection_mode IN ('chat', 'web', 'device', 'sms', 'paper', 'oral', 'physical', 'digital', 'touchless', 'qr', "
    "'link', 'email')"
)
ROLES = "respondent_role IN ('client', 'child', 'close_relative', 'professional', 'other')"

VERSION_STAYS = """
CREATE FUNCTION refuse_change_of_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'version % of survey % is published and never changes', OLD.version, OLD.survey_code
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'published_version_never_changes';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""

PARTS_STAY = """
CREATE FUNCTION refuse_change_of_published_parts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF EXISTS (
        SELECT FROM survey_version
        WHERE published_at IS NOT NULL
        AND ((survey_code, version) = (part.survey_code, part.version)
            OR (TG_OP = 'UPDATE' AND (survey_code, version) = (OLD.survey_code, OLD.version)))
    ) THEN
        RAISE EXCEPTION 'version % of survey % is published and never changes', part.version, part.survey_code
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'published_version_never_changes';
    END IF;
    RETURN part;
END $$
"""

KIND_STAYS = """
CREATE FUNCTION refuse_question_of_another_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM survey_question AS earlier
        WHERE earlier.survey_code = NEW.survey_code AND earlier.code = NEW.code AND earlier.version < NEW.version
        AND (earlier.kind, earlier.scale_steps) IS DISTINCT FROM (NEW.kind, NEW.scale_steps)
    ) THEN
        RAISE EXCEPTION 'question % of survey % has another kind or scale in an earlier version',
            NEW.code, NEW.survey_code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'question_keeps_kind_and_scale';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Apply."""
    _extend_surveys()
    _extend_versions()
    _extend_responses()
    _create_invitations()
    _create_decisions()


def _extend_surveys() -> None:
    op.add_column("survey", sa.Column("respondent_role", sa.Text(), server_default="client", nullable=False))
    op.add_column(
        "survey", sa.Column("allows_several_per_interaction", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("survey", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.create_check_constraint("respondent_role_known", "survey", ROLES)
    op.create_check_constraint("revision_positive", "survey", "revision >= 1")


def _extend_versions() -> None:
    op.alter_column("survey_version", "published_at", nullable=True)
    op.create_index(
        "uq_survey_version_one_draft",
        "survey_version",
        ["survey_code"],
        unique=True,
        postgresql_where="published_at IS NULL",
    )
    op.add_column("survey_question", sa.Column("shown_when", postgresql.JSONB(), nullable=True))
    op.add_column("survey_question", sa.Column("question_set", sa.Text(), nullable=True))
    op.add_column("survey_question", sa.Column("replaces", sa.Text(), nullable=True))
    op.add_column("survey_question", sa.Column("change_note", sa.Text(), nullable=True))
    op.create_check_constraint(
        "shown_when_has_question_and_values",
        "survey_question",
        "shown_when ? 'question' AND shown_when ? 'values' AND jsonb_typeof(shown_when -> 'values') = 'array'",
    )
    op.create_check_constraint("replaces_another", "survey_question", "replaces <> code")
    for function in (VERSION_STAYS, PARTS_STAY, KIND_STAYS):
        op.execute(function)
    op.execute(
        "CREATE TRIGGER published_version_never_changes BEFORE UPDATE OR DELETE ON survey_version "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published_version()"
    )
    for table in ("survey_question", "survey_option"):
        op.execute(
            f"CREATE TRIGGER published_version_never_changes BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published_parts()"
        )
    op.execute(
        "CREATE TRIGGER question_keeps_kind_and_scale BEFORE INSERT OR UPDATE ON survey_question "
        "FOR EACH ROW EXECUTE FUNCTION refuse_question_of_another_kind()"
    )
    # A draft is written anew as a whole, and published by giving it its time.
    op.execute(f"GRANT UPDATE (published_at), DELETE ON survey_version TO {SURVEY}")
    op.execute(f"GRANT DELETE ON survey_question, survey_option TO {SURVEY}")


def _extend_responses() -> None:
    op.add_column("survey_response", sa.Column("is_complete", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("survey_response", sa.Column("single_interaction", sa.Text(), nullable=True))
    op.create_check_constraint(
        "single_interaction_is_interaction", "survey_response", "single_interaction = interaction_reference"
    )
    op.create_index(
        "uq_survey_response_single_interaction",
        "survey_response",
        ["survey_code", "version", "single_interaction"],
        unique=True,
        postgresql_where="single_interaction IS NOT NULL",
    )
    # A partial answer may be completed; what else a response says stays as it was given.
    op.execute(f"GRANT UPDATE (answers, content_hash, is_complete) ON survey_response TO {SURVEY}")


def _create_invitations() -> None:
    op.create_table(
        "survey_invitation",
        sa.Column("service_point_code", sa.Text(), nullable=False),
        sa.Column("survey_code", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("collection_mode", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(MODES, name=op.f("ck_survey_invitation_collection_mode_known")),
        sa.CheckConstraint("count >= 0", name=op.f("ck_survey_invitation_count_not_negative")),
        sa.ForeignKeyConstraint(
            ["service_point_code"], ["unit.code"], name=op.f("fk_survey_invitation_service_point_code")
        ),
        sa.ForeignKeyConstraint(["survey_code"], ["survey.code"], name=op.f("fk_survey_invitation_survey_code")),
        sa.PrimaryKeyConstraint(
            "service_point_code", "survey_code", "sent_on", "collection_mode", name=op.f("pk_survey_invitation")
        ),
    )
    op.create_index("ix_survey_invitation_sent_on", "survey_invitation", ["sent_on"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON survey_invitation TO {SURVEY}")
    op.execute(f"GRANT SELECT ON survey_invitation TO {REPORTING}")


def _create_decisions() -> None:
    op.create_table(
        "comment_decision",
        sa.Column("service_point_code", sa.Text(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("question_code", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("decision IN ('released', 'withheld')", name=op.f("ck_comment_decision_decision_known")),
        sa.ForeignKeyConstraint(
            ["service_point_code", "response_id"],
            ["survey_response_content.service_point_code", "survey_response_content.response_id"],
            name="fk_comment_decision_survey_response_content",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_point_code", "response_id", "question_code", name=op.f("pk_comment_decision")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON comment_decision TO {SURVEY}")
    # The words stay in one place: once the content is erased, nothing of them is left here.
    op.execute(
        "CREATE VIEW released_comment AS "
        "SELECT response.service_point_code, response.id AS response_id, response.survey_code, response.version, "
        "response.given_on, response.language, decision.question_code, decision.decided_at AS released_at, "
        "content.comments ->> decision.question_code AS comment "
        "FROM comment_decision AS decision "
        "JOIN survey_response_content AS content USING (service_point_code, response_id) "
        "JOIN survey_response AS response "
        "ON (response.service_point_code, response.id) = (decision.service_point_code, decision.response_id) "
        "WHERE decision.decision = 'released' AND content.comments ? decision.question_code"
    )
    op.execute(f"GRANT SELECT ON released_comment TO {REPORTING}")


def downgrade() -> None:
    """Take back. Drafts go; partial answers stay as complete ones."""
    op.execute("DROP VIEW released_comment")
    op.drop_table("comment_decision")
    op.drop_table("survey_invitation")
    _take_back_responses()
    _take_back_versions()
    for name in ("revision_positive", "respondent_role_known"):
        op.drop_constraint(name, "survey", type_="check")
    for column in ("revision", "allows_several_per_interaction", "respondent_role"):
        op.drop_column("survey", column)


def _take_back_responses() -> None:
    op.execute(f"REVOKE UPDATE (answers, content_hash, is_complete) ON survey_response FROM {SURVEY}")
    op.drop_index("uq_survey_response_single_interaction", table_name="survey_response")
    op.drop_constraint("single_interaction_is_interaction", "survey_response", type_="check")
    for column in ("single_interaction", "is_complete"):
        op.drop_column("survey_response", column)


def _take_back_versions() -> None:
    op.execute(f"REVOKE UPDATE (published_at), DELETE ON survey_version FROM {SURVEY}")
    op.execute(f"REVOKE DELETE ON survey_question, survey_option FROM {SURVEY}")
    op.execute("DROP TRIGGER question_keeps_kind_and_scale ON survey_question")
    for table in ("survey_option", "survey_question", "survey_version"):
        op.execute(f"DROP TRIGGER published_version_never_changes ON {table}")
    for function in (
        "refuse_question_of_another_kind",
        "refuse_change_of_published_parts",
        "refuse_change_of_published_version",
    ):
        op.execute(f"DROP FUNCTION {function}")
    drafts = "(SELECT survey_code, version FROM survey_version WHERE published_at IS NULL)"
    for table in ("survey_option", "survey_question", "survey_version"):
        op.execute(f"DELETE FROM {table} WHERE (survey_code, version) IN {drafts}")
    for name in ("replaces_another", "shown_when_has_question_and_values"):
        op.drop_constraint(name, "survey_question", type_="check")
    for column in ("change_note", "replaces", "question_set", "shown_when"):
        op.drop_column("survey_question", column)
    op.drop_index("uq_survey_version_one_draft", table_name="survey_version")
    op.alter_column("survey_version", "published_at", nullable=False)
