"""Keep the records an edition was counted from; read as published: of published quarters those, of the others the live.

The views of the schema ``published`` bear the names of what they stand in for, so that a statement reads either by the
search path alone. ``katsaus.as_of`` is the time of reading; ``katsaus.edition_quarter`` and ``katsaus.edition_version``
name an edition that is read for its quarter whether or not it is published.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0029_keep_edition_records"
down_revision = "0028_edit_released_comments"
branch_labels = None
depends_on = None

REPORTING = "katsaus_reporting"
TABLES = ("edition_answers", "edition_feedback", "edition_kept_apart", "edition_contact", "edition_social_report")
CODES = "edition_code"

QUARTER = """
CREATE VIEW published.quarter AS
WITH asked AS (
    SELECT nullif(current_setting('katsaus.edition_quarter', true), '') AS quarter,
        nullif(current_setting('katsaus.edition_version', true), '')::integer AS version,
        nullif(current_setting('katsaus.as_of', true), '')::timestamptz AS as_of
),
shown AS (
    (SELECT DISTINCT ON (edition.quarter) edition.quarter, edition.version
    FROM public.edition, asked
    WHERE edition.keeps_records AND edition.quarter IS DISTINCT FROM asked.quarter
    AND edition.published_at IS NOT NULL AND (edition.embargo_until IS NULL OR edition.embargo_until <= asked.as_of)
    ORDER BY edition.quarter, edition.version DESC)
    UNION ALL
    SELECT quarter, version FROM asked WHERE quarter IS NOT NULL
)
SELECT quarter, version AS shown_edition, make_date(left(quarter, 4)::integer, right(quarter, 1)::integer * 3 - 2, 1) AS starts_on
FROM shown
"""

RECORDS = """
CREATE VIEW published.{name} AS
SELECT {columns}
FROM (
    SELECT 0 AS edition, {columns}, {live_hold} AS kept_apart FROM public.{live}
    UNION ALL
    SELECT edition, {columns}, {hold} FROM public.{kept}
) AS record
LEFT JOIN published.quarter AS shown ON shown.starts_on = date_trunc('quarter', record.{day}::timestamp)::date
WHERE record.edition = coalesce(shown.shown_edition, 0) AND record.kept_apart = {is_apart}
"""
"""The conditions stand outside of the union, so that PostgreSQL can go by the index on the day into either part."""

CODES_OF = """
CREATE VIEW published.{name} AS
SELECT {columns}
FROM (
    SELECT {columns}, '{kind}' AS kind FROM public.{name}
    UNION ALL
    SELECT {kept}, kind FROM public.edition_code
) AS code
WHERE kind = '{kind}'
"""
"""Kept records have ids of their own, so codes of live and kept ones never mix."""

ANSWERS = "service_point_code, survey_code, question_code, given_on, given_hour, version, collection_mode, value, count"
FEEDBACK = (
    "id, source, received_at, received_on, channel_code, unit_code, type_code, topic_code, language, state, "
    "reacted_at, handled_at"
)
VIEWS = (
    ("answer_histogram", ANSWERS, "answer_histogram", "edition_answers", "given_on"),
    ("feedback_in_figures", FEEDBACK, "feedback", "edition_feedback", "received_on"),
    ("feedback_kept_apart", "received_on, unit_code, hold", "feedback", "edition_kept_apart", "received_on"),
    ("ombudsman_contact", "id, source, contacted_on, service_code", "ombudsman_contact", "edition_contact",
     "contacted_on"),
    ("social_report", "id, source, observed_on", "social_report", "edition_social_report", "observed_on"),
)  # fmt: skip
CODE_VIEWS = (
    ("feedback_theme", "theme", "feedback_id, theme_code, applies", "record_id, code, true"),
    ("ombudsman_contact_reason", "contact_reason", "contact_id, reason_code", "record_id, code"),
    ("social_report_reason", "report_reason", "report_id, reason_code", "record_id, code"),
    ("social_report_barrier", "report_barrier", "report_id, barrier_code", "record_id, code"),
)

KEEP = """
CREATE FUNCTION keep_records_of_editions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT quarter, edition FROM added) AS one
        JOIN edition ON edition.quarter = one.quarter AND edition.version = one.edition
    ) THEN
        RAISE EXCEPTION 'the records of an edition are kept as they were when it was drafted'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'tg_edition_records_kept';
    END IF;
    RETURN NULL;
END $$
"""


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _create(name: str, columns: list[sa.Column[Any]], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        _text("quarter"),
        sa.Column("edition", sa.Integer(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("quarter", "edition", *key, name=op.f(f"pk_{name}")),
        sa.ForeignKeyConstraint(
            ["quarter", "edition"],
            ["edition.quarter", "edition.version"],
            name=op.f(f"fk_{name}_quarter"),
            ondelete="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.execute(
        f"CREATE TRIGGER tg_{name}_kept AFTER INSERT ON {name} REFERENCING NEW TABLE AS added "
        "FOR EACH STATEMENT EXECUTE FUNCTION keep_records_of_editions()"
    )


def upgrade() -> None:
    """Apply."""
    op.add_column("edition", sa.Column("keeps_records", sa.Boolean(), server_default="false", nullable=False))
    op.execute(KEEP)
    _create(
        "edition_answers",
        [
            *map(_text, ("service_point_code", "survey_code", "question_code")),
            sa.Column("given_on", sa.Date(), nullable=False),
            sa.Column("given_hour", sa.SmallInteger(), nullable=False),
            sa.Column("version", sa.Integer(), nullable=False),
            _text("collection_mode"),
            sa.Column("value", sa.SmallInteger(), nullable=False),
            sa.Column("count", sa.BigInteger(), nullable=False),
        ],
        ("service_point_code", "survey_code", "question_code", "given_on", "given_hour", "version", "collection_mode",
         "value"),
    )  # fmt: skip
    _create(
        "edition_feedback",
        [
            sa.Column("id", sa.Uuid(), nullable=False),
            _text("source"),
            sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("received_on", sa.Date(), nullable=False),
            *map(_text, ("channel_code", "unit_code", "type_code")),
            _text("topic_code", nullable=True),
            *map(_text, ("language", "state")),
            sa.Column("reacted_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        ],
        ("id",),
    )
    _create(
        "edition_kept_apart",
        [
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("received_on", sa.Date(), nullable=False),
            *map(_text, ("unit_code", "hold")),
        ],
        ("id",),
    )
    _create(
        "edition_contact",
        [
            sa.Column("id", sa.Uuid(), nullable=False),
            _text("source"),
            sa.Column("contacted_on", sa.Date(), nullable=False),
            _text("service_code"),
        ],
        ("id",),
    )
    _create(
        "edition_social_report",
        [
            sa.Column("id", sa.Uuid(), nullable=False),
            _text("source"),
            sa.Column("observed_on", sa.Date(), nullable=False),
        ],
        ("id",),
    )
    _create(CODES, [sa.Column("record_id", sa.Uuid(), nullable=False), *map(_text, ("kind", "code"))],
            ("record_id", "kind", "code"))  # fmt: skip
    for _name, _columns, _live, kept, on in VIEWS:
        op.create_index(f"ix_{kept}_{on}", kept, [on])
    op.create_index(f"ix_{CODES}_record_id", CODES, ["record_id"])
    op.execute("CREATE SCHEMA published")
    op.execute(QUARTER)
    for name, columns, live, kept, on in VIEWS:
        is_feedback = live == "feedback"
        is_apart = name == "feedback_kept_apart"
        op.execute(
            RECORDS.format(
                name=name,
                columns=columns,
                live=live,
                kept=kept,
                day=on,
                live_hold="hold IS NOT NULL" if is_feedback else "false",
                hold=str(is_apart).lower(),
                is_apart=str(is_apart).lower(),
            )
        )
    for name, kind, columns, of_kept in CODE_VIEWS:
        op.execute(CODES_OF.format(name=name, kind=kind, columns=columns, kept=of_kept))
    op.execute(f"GRANT USAGE ON SCHEMA published TO {REPORTING}")
    op.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA published TO {REPORTING}")
    op.execute(f"GRANT SELECT, INSERT ON {', '.join((*TABLES, CODES))} TO {REPORTING}")


def downgrade() -> None:
    """Take back."""
    op.execute("DROP SCHEMA published CASCADE")
    for name in (CODES, *reversed(TABLES)):
        op.drop_table(name)
    op.execute("DROP FUNCTION keep_records_of_editions()")
    op.drop_column("edition", "keeps_records")
