"""Hold responses to their unit, survey version and device by statement instead of by row.

Foreign keys ask once a row: they took half the time of an import, whose thousands of rows name a few units and one
version. The rules and their names stay, and so do the locks that keep what is named from going meanwhile.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from alembic import op

revision = "0032_check_responses_together"
down_revision = "0031_tell_changed_months"
branch_labels = None
depends_on = None


class Reference(NamedTuple):
    """What the columns of a response name: the key of a row of the table."""

    constraint: str
    columns: Sequence[str]
    table: str
    key: Sequence[str]


REFERENCES = (
    Reference("fk_survey_response_service_point_code", ("service_point_code",), "unit", ("code",)),
    Reference(
        "fk_survey_response_survey_version",
        ("survey_code", "version"),
        "survey_version",
        ("survey_code", "version"),
    ),
    Reference("fk_survey_response_device_code", ("device_code",), "device", ("code",)),
)

# A statement that waited for another transaction sees what that left: each has a snapshot of its own.
NAMED_IS_THERE = """
CREATE FUNCTION responses_name_{table}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    missing text;
BEGIN
    WITH named AS (SELECT DISTINCT {columns} FROM written WHERE ({columns}) IS NOT NULL),
    there AS (SELECT {key} FROM public.{table} WHERE ({key}) IN (SELECT {columns} FROM named) FOR KEY SHARE)
    SELECT concat_ws(', ', {columns}) INTO missing
    FROM named WHERE ({columns}) NOT IN (SELECT {key} FROM there) LIMIT 1;
    IF FOUND THEN
        RAISE foreign_key_violation USING TABLE = 'survey_response', CONSTRAINT = '{constraint}',
            MESSAGE = 'insert or update on table "survey_response" violates "{constraint}"',
            DETAIL = format('Key ({columns})=(%s) is not present in table "{table}".', missing);
    END IF;
    RETURN NULL;
END $$
"""
NAMED_STAYS = """
CREATE FUNCTION {table}_of_responses_stays() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    missed text;
BEGIN
    WITH gone AS (SELECT {key} FROM before EXCEPT SELECT {key} FROM public.{table})
    SELECT concat_ws(', ', {key}) INTO missed FROM gone
    WHERE EXISTS (SELECT FROM public.survey_response AS response WHERE {response_columns} = ({gone_key})) LIMIT 1;
    IF FOUND THEN
        RAISE foreign_key_violation USING TABLE = 'survey_response', CONSTRAINT = '{constraint}',
            MESSAGE = 'update or delete on table "{table}" violates "{constraint}" on table "survey_response"',
            DETAIL = format('Key ({key})=(%s) is still referenced from table "survey_response".', missed);
    END IF;
    RETURN NULL;
END $$
"""


def _names(reference: Reference) -> dict[str, str]:
    return {
        "table": reference.table,
        "constraint": reference.constraint,
        "columns": ", ".join(reference.columns),
        "key": ", ".join(reference.key),
        "gone_key": ", ".join(f"gone.{column}" for column in reference.key),
        "response_columns": f"({', '.join(f'response.{column}' for column in reference.columns)})",
    }


def _triggers(reference: Reference) -> Iterator[tuple[str, str, str]]:
    """The name, table and definition of each trigger."""
    table = reference.table
    for action in ("insert", "update"):
        told = f"AFTER {action} ON survey_response REFERENCING NEW TABLE AS written"
        run = f"FOR EACH STATEMENT EXECUTE FUNCTION responses_name_{table}()"
        yield f"tg_survey_response_{action}_names_{table}", "survey_response", f"{told} {run}"
    for action in ("update", "delete"):
        told = f"AFTER {action} ON {table} REFERENCING OLD TABLE AS before"
        run = f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_of_responses_stays()"
        yield f"tg_{table}_{action}_of_responses", table, f"{told} {run}"


def upgrade() -> None:
    """Apply."""
    for reference in REFERENCES:
        op.drop_constraint(reference.constraint, "survey_response", type_="foreignkey")
        op.execute(NAMED_IS_THERE.format(**_names(reference)))
        op.execute(NAMED_STAYS.format(**_names(reference)))
        for name, _table, definition in _triggers(reference):
            op.execute(f"CREATE TRIGGER {name} {definition}")


def downgrade() -> None:
    """Take back."""
    for reference in REFERENCES:
        for name, table, _definition in _triggers(reference):
            op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {reference.table}_of_responses_stays()")
        op.execute(f"DROP FUNCTION responses_name_{reference.table}()")
        op.create_foreign_key(
            reference.constraint, "survey_response", reference.table, list(reference.columns), list(reference.key)
        )
