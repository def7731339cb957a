"""The public's statements look up a period's days in the history by index, in live records and in those of editions."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.answers.repository import COUNT_KEPT, COUNT_LIVE
from services.reporting_api.disclosure import queries as deciding
from services.reporting_api.disclosure.published import Records, reading
from services.reporting_api.hours.repository import PRESSES
from services.reporting_api.periods import queries

pytestmark = pytest.mark.anyio

PERIODS = {
    "quarter with those it is compared with": (("2021-04-01", "2021-07-01"), ("2021-01-01", "2021-04-01")),
    "month": (("2021-05-01", "2021-06-01"),),
}
STATEMENTS = {
    "answers": COUNT_LIVE,
    "answers of an edition": COUNT_KEPT,
    "presses by hour": PRESSES,
    "totals": queries.FEEDBACK_TOTALS,
    "clocks": queries.FEEDBACK_CLOCKS,
    "classes": queries.FEEDBACK_CLASSES,
    "languages": queries.FEEDBACK_LANGUAGES,
    "by unit": deciding.FEEDBACK_BY_UNIT,
}
HISTORY = (
    "SET LOCAL session_replication_role = replica",
    """
    INSERT INTO answer_histogram
        (service_point_code, survey_code, question_code, given_on, given_hour, version, collection_mode, value, count)
    SELECT 'point', 'survey', 'q' || question, DATE '2012-01-01' + day, 9, 1, 'device', value, 3
    FROM generate_series(1, 5) AS question, generate_series(0, 3650) AS day, generate_series(0, 3) AS value
    """,
    """
    INSERT INTO edition_answers SELECT to_char(given_on, 'YYYY"-Q"Q'), 1, answer_histogram.* FROM answer_histogram
    """,
    """
    INSERT INTO edition_feedback (quarter, edition, id, source, received_at, received_on, channel_code, unit_code,
        type_code, topic_code, language, state)
    SELECT to_char(day, 'YYYY"-Q"Q'), 1, gen_random_uuid(), 'staff', day + time '09:00', day, 'paper', 'home-care',
        'complaint', NULL, 'fi', 'received'
    FROM (SELECT DATE '2012-01-01' + number % 3650 AS day FROM generate_series(1, 60000) AS number) AS days
    """,
    """
    INSERT INTO feedback (id, receipt, source, received_at, received_on, recorded_at, updated_at, last_event_at,
        channel_code, unit_code, type_code, language, reply_wanted, event_count, state)
    SELECT id, id::text, source, received_at, received_on, received_at, received_at, received_at, channel_code,
        unit_code, type_code, language, false, 1, state
    FROM edition_feedback
    """,
    "ANALYZE answer_histogram, edition_answers, feedback, edition_feedback",
)
"""Ten years, as large as the demonstration's quarters would be."""

LARGE = ("answer_histogram", "edition_answers", "feedback", "edition_feedback")


async def test_no_statement_reads_all_years(session: AsyncSession) -> None:
    for statement in HISTORY:
        await session.execute(text(statement))
    async with reading(session, Records(datetime(2022, 1, 1, tzinfo=UTC))):
        for which, periods in PERIODS.items():
            parameters = {
                "labels": [first for first, _ in periods],
                "starts": [first for first, _ in periods],
                "ends": [end for _, end in periods],
                "starts_on": periods[0][0],
                "ends_on": periods[0][1],
                "quarter": "2021-Q2",
                "edition": 1,
                "units": None,
                "z": 1.96,
            }
            for name, statement in STATEMENTS.items():
                plan = [
                    str(line) for line in (await session.execute(text(f"EXPLAIN {statement}"), parameters)).scalars()
                ]
                scans = [line for line in plan if any(f"Seq Scan on {table} " in line for table in LARGE)]
                assert scans == [], (name, which)
