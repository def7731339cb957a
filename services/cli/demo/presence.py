"""Whether the demonstration is loaded and its review published, by what is in the database.

Every import sends its records in order and commits them in order, so where the last record is, all are.
"""

import psycopg

from services.cli.database import libpq_url
from services.cli.demo.counts import (
    CUSTOMER_SURVEY,
    CUSTOMER_SURVEY_QUARTER,
    FEEDBACK,
    OMBUDSMAN,
    PUBLISHED_QUARTER,
    SOURCE,
)
from services.cli.demo.feedback import feedback_count
from services.cli.demo.feedback import reference as feedback_reference
from services.cli.demo.ombudsman import contact_count
from services.cli.demo.ombudsman import reference as contact_reference
from services.cli.demo.participation import social_reports
from services.cli.demo.surveys import CUSTOMER_SURVEY_CODE, response_id

DRAFTER_NAME = "demonstration-drafter"
"""The key that drafts the demonstration's review is named so, perhaps with a number."""


def is_loaded(database_url: str) -> bool:
    """Whether the last record of each import is there."""
    last_feedback = max(FEEDBACK)
    last_contacts = max(OMBUDSMAN)
    *_, last_report = social_reports()
    last_response = sum(grades.respondents for grades in CUSTOMER_SURVEY.values())
    with psycopg.connect(libpq_url(database_url)) as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT FROM feedback WHERE source = %(source)s AND source_reference = %(feedback)s)"
            " AND EXISTS (SELECT FROM ombudsman_contact WHERE source = %(source)s AND source_reference = %(contact)s)"
            " AND EXISTS (SELECT FROM social_report WHERE source = %(source)s AND source_reference = %(report)s)"
            " AND EXISTS (SELECT FROM survey_response "
            " WHERE service_point_code = ANY(%(points)s) AND id = %(response)s)",
            {
                "source": SOURCE,
                "feedback": feedback_reference(last_feedback, feedback_count(last_feedback)),
                "contact": contact_reference(last_contacts, contact_count(last_contacts)),
                "report": last_report["reference"],
                "points": list(CUSTOMER_SURVEY),
                "response": response_id(CUSTOMER_SURVEY_CODE, CUSTOMER_SURVEY_QUARTER, last_response),
            },
        ).fetchone()
    return row is not None and bool(row[0])


def has_edition(database_url: str) -> bool:
    """Whether the quarter to be published has an edition; what an officer has begun is left alone.

    A draft of the demonstration's own is what a start left behind that was killed before it had published it: it is
    none, and is made anew.
    """
    with psycopg.connect(libpq_url(database_url)) as connection:
        found = connection.execute(
            "SELECT FROM edition WHERE quarter = %s AND (published_at IS NOT NULL OR NOT starts_with(created_by, %s))"
            " LIMIT 1",
            [PUBLISHED_QUARTER, DRAFTER_NAME],
        ).fetchone()
    return found is not None
