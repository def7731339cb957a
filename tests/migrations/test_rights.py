"""Who may write what, as PostgreSQL enforces it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.database import ROLES, connect
from services.shared.settings import Settings
from services.shared.tables.access import Service

pytestmark = pytest.mark.anyio

FEEDBACK, SURVEY, REPORTING = ROLES.values()

FORBIDDEN = [
    (FEEDBACK, "DELETE FROM feedback"),
    (FEEDBACK, "UPDATE feedback_event SET actor = 'x'"),
    (FEEDBACK, "DELETE FROM feedback_event"),
    (FEEDBACK, "DELETE FROM ombudsman_contact"),
    (FEEDBACK, "INSERT INTO topic (code, position, names) VALUES ('x', 1, '{}')"),
    (FEEDBACK, "SELECT * FROM survey_response"),
    (FEEDBACK, "UPDATE api_key SET scopes = '{service}'"),
    (FEEDBACK, "UPDATE public_holiday SET kind = 'eve'"),
    (FEEDBACK, "DELETE FROM deadline_policy"),
    (SURVEY, "SELECT * FROM feedback"),
    (SURVEY, "SELECT * FROM feedback_deadline"),
    (SURVEY, "SELECT * FROM feedback_content"),
    (SURVEY, "UPDATE survey_response SET given_at = now()"),
    (SURVEY, "UPDATE survey_version SET version = 2"),
    (SURVEY, "DELETE FROM survey_response"),
    (SURVEY, "UPDATE survey_question SET position = 1"),
    (SURVEY, "DELETE FROM answer_histogram"),
    (REPORTING, "SELECT * FROM feedback"),
    (REPORTING, "SELECT * FROM feedback_content"),
    (REPORTING, "SELECT * FROM feedback_event_content"),
    (REPORTING, "SELECT * FROM survey_response_content"),
    (REPORTING, "SELECT * FROM comment_handover"),
    (REPORTING, "SELECT * FROM comment_decision"),
    (REPORTING, "UPDATE feedback SET state = 'closed'"),
    (REPORTING, "SELECT * FROM feedback_event"),
    (REPORTING, "SELECT * FROM feedback_deadline"),
    (REPORTING, "SELECT * FROM hourly_count"),
    (REPORTING, "SELECT * FROM device_assignment"),
    (REPORTING, "SELECT * FROM client_panel"),
    (REPORTING, "DELETE FROM answer_histogram"),
    (REPORTING, "INSERT INTO api_key (id) VALUES (gen_random_uuid())"),
    (FEEDBACK, "UPDATE help_reason SET position = 1"),
    (SURVEY, "SELECT * FROM social_report"),
    (REPORTING, "SELECT * FROM social_report_note"),
    (REPORTING, "UPDATE panel_proposal SET status = 'accepted'"),
    (REPORTING, "DELETE FROM residents_initiative"),
    (REPORTING, "CREATE TABLE mine (x int)"),
]


@pytest.mark.parametrize(("role", "statement"), FORBIDDEN)
async def test_postgres_refuses(connection: AsyncConnection, role: str, statement: str) -> None:
    await connection.execute(text(f"SET LOCAL ROLE {role}"))
    with pytest.raises(ProgrammingError, match="permission denied"):
        await connection.execute(text(statement))


@pytest.mark.parametrize(
    "table",
    [
        "feedback_in_figures",
        "feedback_kept_apart",
        "survey_response",
        "answer_histogram",
        "social_report",
        "social_report_reason",
        "social_report_barrier",
        "panel_meeting",
        "panel_proposal",
        "residents_initiative",
        "meeting_act",
        "proposal_act",
        "initiative_act",
        "survey_invitation",
        "released_comment",
        "unit",
    ],
)
async def test_reporting_reads_facts(connection: AsyncConnection, table: str) -> None:
    await connection.execute(text(f"SET LOCAL ROLE {REPORTING}"))
    await connection.execute(text(f"SELECT count(*) FROM {table}"))


async def test_reporting_connections_refuse_writes_even_where_the_role_could(database_url: str) -> None:
    database = connect(Settings(DATABASE_URL=database_url), Service.REPORTING_API)
    async with database.session() as session:
        assert (await session.execute(text("SHOW transaction_read_only"))).scalar_one() == "on"
        assert (await session.execute(text("SELECT current_user"))).scalar_one() == REPORTING
    await database.dispose()
