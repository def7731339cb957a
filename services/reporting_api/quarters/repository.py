"""Reads which quarters have data."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.periods import Period

_DAYS_OF_RECORDS = {
    "feedback_in_figures": "received_on",
    "answer_histogram": "given_on",
    "ombudsman_contact": "contacted_on",
    "social_report": "observed_on",
    "panel_meeting": "held_on",
    "panel_proposal": "proposed_on",
    "residents_initiative": "received_on",
}
"""The tables that figures are counted from, each with the day a record belongs to."""

_WITH_DATA = """
SELECT period.label
FROM unnest(
    CAST(:labels AS text[]), CAST(:starts AS date[]), CAST(:ends AS date[])
) AS period (label, starts_on, ends_on)
WHERE """ + " OR ".join(
    f"EXISTS (SELECT FROM {table} WHERE {day} >= period.starts_on AND {day} < period.ends_on)"
    for table, day in _DAYS_OF_RECORDS.items()
)
"""Looks for one row in each, however much there is."""


class QuarterRepository:
    """Reads over one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def list_with_data(self, candidates: Sequence[Period]) -> list[Period]:
        """Those of the candidates that any record belongs to."""
        parameters = {
            "labels": [period.label for period in candidates],
            "starts": [period.starts_on for period in candidates],
            "ends": [period.ends_on for period in candidates],
        }
        labels = set((await self._session.execute(text(_WITH_DATA), parameters)).scalars())
        return [period for period in candidates if period.label in labels]
