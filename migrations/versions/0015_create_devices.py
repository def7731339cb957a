"""Create devices, points of other systems, held answers and hourly counts; let responses say where they came from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015_create_devices"
down_revision = "0014_create_attachments"
branch_labels = None
depends_on = None

SURVEY, REPORTING = "katsaus_survey", "katsaus_reporting"

MODES_BEFORE = ("chat", "web", "device", "sms", "paper", "oral")
MODES = (*MODES_BEFORE, "physical", "digital", "touchless", "qr", "link", "email")
TABLES_WITH_MODE = ("survey", "survey_response", "answer_histogram")
MISUSE_REASONS = "('vendor_flag', 'repeated_press')"
MISUSE_COLUMNS = "source_misuse_reason, misuse_reason, misuse_rule"


def upgrade() -> None:
    """Apply."""
    _allow_modes(MODES)
    op.execute('CREATE TYPE code_range AS RANGE (subtype = text, collation = "C")')
    _create_devices()
    _create_held_answers()
    _create_hourly_counts()
    _extend_responses()
    op.execute(
        f"GRANT SELECT, INSERT, UPDATE ON device, device_assignment, device_day, source_point_mapping TO {SURVEY}"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON held_answer TO {SURVEY}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE (superseded_at) ON hourly_count TO {SURVEY}")
    op.execute(f"GRANT UPDATE ({MISUSE_COLUMNS}) ON survey_response TO {SURVEY}")
    op.execute(f"GRANT SELECT ON device, device_assignment, device_day, hourly_count TO {REPORTING}")


def _allow_modes(modes: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{mode}'" for mode in modes)
    for table in TABLES_WITH_MODE:
        name = op.f(f"ck_{table}_collection_mode_known")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, f"collection_mode IN ({allowed})")


def _create_devices() -> None:
    op.create_table(
        "device",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("survey_code", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_press_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("battery_percent", sa.SmallInteger(), nullable=True),
        sa.Column("clock_offset_seconds", sa.BigInteger(), nullable=True),
        sa.Column("clock_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('terminal', 'touch', 'digital')", name=op.f("ck_device_kind_known")),
        sa.CheckConstraint("code ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,62}$'", name=op.f("ck_device_code_is_plain")),
        sa.CheckConstraint("battery_percent BETWEEN 0 AND 100", name=op.f("ck_device_battery_is_percent")),
        sa.CheckConstraint(
            "(clock_offset_seconds IS NULL) = (clock_checked_at IS NULL)",
            name=op.f("ck_device_clock_offset_has_time"),
        ),
        sa.ForeignKeyConstraint(["survey_code"], ["survey.code"], name=op.f("fk_device_survey_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_device")),
    )
    op.create_table(
        "device_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_code", sa.Text(), nullable=False),
        sa.Column("service_point_code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_device_assignment_ends_after_begin")),
        sa.ForeignKeyConstraint(["device_code"], ["device.code"], name=op.f("fk_device_assignment_device_code")),
        sa.ForeignKeyConstraint(
            ["service_point_code"], ["unit.code"], name=op.f("fk_device_assignment_service_point_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_assignment")),
    )
    op.execute(
        "ALTER TABLE device_assignment ADD CONSTRAINT ex_device_assignment_one_place_at_a_time EXCLUDE USING gist ("
        "code_range(device_code, device_code, '[]') WITH &&, tstzrange(valid_from, valid_to) WITH &&)"
    )
    op.create_index("ix_device_assignment_device_code", "device_assignment", ["device_code", "valid_from"])
    op.create_table(
        "device_day",
        sa.Column("device_code", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("presses", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("presses >= 0", name=op.f("ck_device_day_presses_not_negative")),
        sa.ForeignKeyConstraint(["device_code"], ["device.code"], name=op.f("fk_device_day_device_code")),
        sa.PrimaryKeyConstraint("device_code", "given_on", name=op.f("pk_device_day")),
    )


def _create_held_answers() -> None:
    op.create_table(
        "source_point_mapping",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_point", sa.Text(), nullable=False),
        sa.Column("survey_code", sa.Text(), nullable=False),
        sa.Column("service_point_code", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_code"], ["survey.code"], name=op.f("fk_source_point_mapping_survey_code")),
        sa.ForeignKeyConstraint(
            ["service_point_code"], ["unit.code"], name=op.f("fk_source_point_mapping_service_point_code")
        ),
        sa.PrimaryKeyConstraint("source", "source_point", name=op.f("pk_source_point_mapping")),
    )
    op.create_table(
        "held_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("line", postgresql.JSONB(), nullable=False),
        sa.Column("problem", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("kind IN ('response', 'counts')", name=op.f("ck_held_answer_kind_known")),
        sa.CheckConstraint(
            "reason IN ('unregistered_device', 'unassigned_device', 'unmapped_point')",
            name=op.f("ck_held_answer_reason_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_answer")),
    )
    op.create_index("ix_held_answer_key", "held_answer", ["key", "given_at"])
    op.create_index("ix_held_answer_received_at_id", "held_answer", ["received_at", "id"])


def _create_hourly_counts() -> None:
    op.create_table(
        "hourly_count",
        sa.Column("service_point_code", sa.Text(), nullable=False),
        sa.Column("survey_code", sa.Text(), nullable=False),
        sa.Column("question_code", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("hour_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("collection_mode", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_hour", sa.SmallInteger(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "extract(epoch FROM hour_starts_at)::bigint % 3600 = 0", name=op.f("ck_hourly_count_hour_is_whole")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_hourly_count_revision_positive")),
        sa.CheckConstraint(
            "given_on = (hour_starts_at AT TIME ZONE 'Europe/Helsinki')::date AND given_hour = extract(hour FROM hour_starts_at AT TIME ZONE 'Europe/Helsinki')",
            name=op.f("ck_hourly_count_given_on_is_local_day"),
        ),
        sa.ForeignKeyConstraint(["service_point_code"], ["unit.code"], name=op.f("fk_hourly_count_service_point_code")),
        sa.ForeignKeyConstraint(["survey_code"], ["survey.code"], name=op.f("fk_hourly_count_survey_code")),
        sa.PrimaryKeyConstraint(
            "service_point_code",
            "survey_code",
            "question_code",
            "origin",
            "hour_starts_at",
            "revision",
            name=op.f("pk_hourly_count"),
        ),
    )
    op.create_index(
        "uq_hourly_count_current",
        "hourly_count",
        ["service_point_code", "survey_code", "question_code", "origin", "hour_starts_at"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index("ix_hourly_count_given_on", "hourly_count", ["given_on"])


def _extend_responses() -> None:
    for name in ("device_code", "source", "source_point"):
        op.add_column("survey_response", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("survey_response", sa.Column("precision", sa.Text(), server_default="second", nullable=False))
    for name in ("source_misuse_reason", "misuse_reason", "misuse_rule"):
        op.add_column("survey_response", sa.Column(name, sa.Text(), nullable=True))
    checks = {
        "precision_known": "precision IN ('second', 'hour')",
        "source_misuse_reason_known": f"source_misuse_reason IN {MISUSE_REASONS}",
        "misuse_reason_known": f"misuse_reason IN {MISUSE_REASONS}",
        "misuse_has_rule": "(misuse_reason IS NULL) = (misuse_rule IS NULL)",
    }
    for check, condition in checks.items():
        op.create_check_constraint(op.f(f"ck_survey_response_{check}"), "survey_response", condition)
    op.create_foreign_key(
        op.f("fk_survey_response_device_code"), "survey_response", "device", ["device_code"], ["code"]
    )
    op.create_index(
        "ix_survey_response_device_code_given_at",
        "survey_response",
        ["device_code", "given_at"],
        postgresql_where=sa.text("device_code IS NOT NULL"),
    )
    op.create_index(
        "ix_survey_response_source_source_point_given_at",
        "survey_response",
        ["source", "source_point", "given_at"],
        postgresql_where=sa.text("source_point IS NOT NULL"),
    )


def downgrade() -> None:
    """Take back. Refused by the constraints while anything was collected in one of the new modes."""
    op.drop_index("ix_survey_response_source_source_point_given_at", table_name="survey_response")
    op.drop_index("ix_survey_response_device_code_given_at", table_name="survey_response")
    op.execute(f"REVOKE UPDATE ({MISUSE_COLUMNS}) ON survey_response FROM {SURVEY}")
    for column in ("misuse_rule", "misuse_reason", "source_misuse_reason", "precision"):
        op.drop_column("survey_response", column)
    for column in ("source_point", "source", "device_code"):
        op.drop_column("survey_response", column)
    for table in ("hourly_count", "held_answer", "source_point_mapping"):
        op.drop_table(table)
    for table in ("device_day", "device_assignment", "device"):
        op.drop_table(table)
    op.execute("DROP TYPE code_range")
    _allow_modes(MODES_BEFORE)
