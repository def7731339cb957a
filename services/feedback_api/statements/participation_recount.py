"""The recount of the registers of participation, one statement a number: nothing is shared with the figures' own."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

_COUNTS = {
    "social_reports": "SELECT count(*) FROM social_report WHERE {observed_on}",
    "participants": "SELECT coalesce(sum(participants), 0) FROM panel_meeting WHERE {held_on}",
    "proposals_answered": "SELECT count(*) FROM panel_proposal WHERE {answered_on}",
    "initiatives_decided": "SELECT count(*) FROM residents_initiative WHERE {decided_on}",
}
_COUNTS_BY_CODE = {
    "social_reports_by_reason": "SELECT reason_code, count(*) FROM social_report_reason WHERE report_id IN "
    "(SELECT id FROM social_report WHERE {observed_on}) GROUP BY reason_code",
    "social_reports_by_barrier": "SELECT barrier_code, count(*) FROM social_report_barrier WHERE report_id IN "
    "(SELECT id FROM social_report WHERE {observed_on}) GROUP BY barrier_code",
    "meetings_by_kind": "SELECT kind, (SELECT count(*) FROM panel_meeting AS meeting JOIN client_panel AS panel "
    "ON panel.id = meeting.panel_id WHERE panel.kind = kinds.kind AND {held_on}) "
    "FROM (SELECT DISTINCT kind FROM client_panel) AS kinds",
    "proposals_by_status": "SELECT status, count(*) FROM panel_proposal WHERE {proposed_on} GROUP BY status",
    "initiatives_by_status": "SELECT status, count(*) FROM residents_initiative WHERE {received_on} GROUP BY status",
}
_DAYS = ("observed_on", "held_on", "proposed_on", "answered_on", "received_on", "decided_on")
_WITHIN = {day: f"{day} >= :first_day AND {day} < :end_day" for day in _DAYS}


class ParticipationRecount:
    """The recount of the local days from ``first_day`` up to but not including ``end_day``."""

    def __init__(self, session: AsyncSession, first_day: date, end_day: date) -> None:
        self._session = session
        self._days = {"first_day": first_day, "end_day": end_day}

    async def counts(self) -> Mapping[str, int]:
        """The numbers that are not divided, by name."""
        return {
            name: int((await self._session.execute(_statement(sql), self._days)).scalar_one())
            for name, sql in _COUNTS.items()
        }

    async def counts_by_code(self) -> Mapping[str, Mapping[str, int]]:
        """The divided numbers, by name and code."""
        return {
            name: {row[0]: row[1] for row in await self._session.execute(_statement(sql), self._days)}
            for name, sql in _COUNTS_BY_CODE.items()
        }


def _statement(sql: str) -> TextClause:
    return text(sql.format(**_WITHIN))
