"""Tell which months' answers have changed, so that counts of the other months can be kept.

Each transaction that changes the histogram leaves one row a month it changed, with its own number. It is inserted with
what it tells of and waits for nobody: whoever sees the change sees the row. ``-infinity`` stands for all months. The day is of the histogram's key, so an update
changes rows of the month that they stay in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031_tell_changed_months"
down_revision = "0030_keep_public_acts"
branch_labels = None
depends_on = None

SURVEY = "katsaus_survey"
REPORTING = "katsaus_reporting"

NOTE = """
CREATE FUNCTION note_changed_months() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.answer_change (month, xid)
    SELECT DISTINCT date_trunc('month', given_on::timestamp)::date, pg_current_xact_id()::text::bigint FROM changed
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""
NOTE_ALL = """
CREATE FUNCTION note_all_months_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.answer_change (month, xid) VALUES ('-infinity', pg_current_xact_id()::text::bigint)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""
TRIGGERS = (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "answer_change",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("month", "xid", name=op.f("pk_answer_change")),
    )
    op.execute(NOTE)
    op.execute(NOTE_ALL)
    for action, rows in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER tg_answer_histogram_{action.lower()}_noted AFTER {action} ON answer_histogram "
            f"REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_changed_months()"
        )
    op.execute(
        "CREATE TRIGGER tg_answer_histogram_truncate_noted AFTER TRUNCATE ON answer_histogram "
        "FOR EACH STATEMENT EXECUTE FUNCTION note_all_months_changed()"
    )
    op.execute(f"GRANT SELECT, INSERT, DELETE ON answer_change TO {SURVEY}")
    op.execute(f"GRANT SELECT ON answer_change TO {REPORTING}")


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TRIGGER tg_answer_histogram_truncate_noted ON answer_histogram")
    for action, _rows in reversed(TRIGGERS):
        op.execute(f"DROP TRIGGER tg_answer_histogram_{action.lower()}_noted ON answer_histogram")
    op.execute("DROP FUNCTION note_all_months_changed()")
    op.execute("DROP FUNCTION note_changed_months()")
    op.drop_table("answer_change")
