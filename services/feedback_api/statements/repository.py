"""The recount in SQL, from the receipt time and the events alone: no derived column is read, no local day trusted."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

# Items of the days, each folded from its events: where it ended up, what it was classified as, both clocks, and whether
# it is kept apart. Only what is not kept apart is folded into numbers.
_FOLDED = """
    WITH item AS (
        SELECT feedback.id, feedback.received_at,
               (feedback.received_at AT TIME ZONE 'Europe/Helsinki')::date AS received_day
        FROM feedback
        WHERE (feedback.received_at AT TIME ZONE 'Europe/Helsinki')::date >= :first_day
          AND (feedback.received_at AT TIME ZONE 'Europe/Helsinki')::date < :end_day
    ), every AS (
        SELECT item.id, item.received_at, item.received_day,
               (array_agg(event.type_code ORDER BY event.sequence DESC)
                   FILTER (WHERE event.type_code IS NOT NULL))[1] AS type_code,
               (array_agg(event.topic_code ORDER BY event.sequence DESC)
                   FILTER (WHERE event.topic_code IS NOT NULL))[1] AS topic_code,
               min(event.occurred_at) FILTER (WHERE event.kind IN ('answered', 'closed')) AS handled_at,
               min(event.occurred_at)
                   FILTER (WHERE event.kind IN ('interim_answered', 'answered', 'closed')) AS reacted_at,
               (array_agg(CASE WHEN event.kind = 'rejected' THEN 'inappropriate'
                               WHEN event.recipient IS NOT NULL THEN 'transferred_out'
                               WHEN event.kind IN ('answered', 'closed') THEN 'handled'
                               ELSE 'open' END ORDER BY event.sequence DESC)
                   FILTER (WHERE event.kind NOT IN
                           ('classified', 'held', 'released', 'confirmed', 'noted', 'commented',
                            'permission_withdrawn')))[1] AS ended_as,
               coalesce((array_agg(event.kind ORDER BY event.sequence DESC)
                   FILTER (WHERE event.kind IN ('held', 'released')))[1] = 'held', false) AS is_kept_apart
        FROM item JOIN feedback_event AS event ON event.feedback_id = item.id
        GROUP BY item.id, item.received_at, item.received_day
    ), folded AS (
        SELECT * FROM every WHERE NOT is_kept_apart
    ), counted AS (
        SELECT * FROM folded WHERE ended_as NOT IN ('inappropriate', 'transferred_out')
    )
"""

_TOTALS = text(
    _FOLDED
    + """
    SELECT (SELECT count(*) FROM folded) AS received,
           (SELECT count(*) FROM every WHERE is_kept_apart) AS kept_apart,
           (SELECT count(*) FROM folded WHERE ended_as = 'transferred_out') AS transferred_out,
           (SELECT count(*) FROM folded WHERE ended_as = 'inappropriate') AS inappropriate,
           count(*) AS counted,
           count(handled_at) AS handled,
           count(*) FILTER (WHERE handled_at IS NULL) AS open,
           count(*) FILTER (WHERE handled_at IS NOT NULL AND ended_as = 'open') AS reopened,
           count(reacted_at) AS reacted,
           count(*) FILTER (WHERE extract(epoch FROM handled_at - received_at) < policy.target_days * 86400)
               AS on_target,
           coalesce(sum((extract(epoch FROM handled_at - received_at) * 1000000)::bigint), 0)::bigint
               AS handling_microseconds,
           coalesce(sum((extract(epoch FROM reacted_at - received_at) * 1000000)::bigint), 0)::bigint
               AS reaction_microseconds
    FROM counted
    LEFT JOIN LATERAL (SELECT target_days FROM target_policy
                       WHERE target_policy.valid_from <= counted.received_day
                       ORDER BY target_policy.valid_from DESC LIMIT 1) AS policy ON true
    """
)

_BY_TYPE = text(_FOLDED + "SELECT type_code, count(*) FROM counted GROUP BY type_code")
_BY_TOPIC = text(_FOLDED + "SELECT coalesce(topic_code, 'unclassified'), count(*) FROM counted GROUP BY 1")
_BY_THEME = text(
    _FOLDED
    + """
    SELECT theme.theme_code, counted.type_code, count(*)
    FROM counted JOIN feedback_theme AS theme ON theme.feedback_id = counted.id AND theme.applies
    GROUP BY theme.theme_code, counted.type_code
    """
)
_OMBUDSMAN = text(
    """
    SELECT service_code, count(*) FROM ombudsman_contact
    WHERE contacted_on >= :first_day AND contacted_on < :end_day GROUP BY service_code
    """
)
_OMBUDSMAN_REASONS = text(
    """
    SELECT reason.reason_code, count(*)
    FROM ombudsman_contact AS contact JOIN ombudsman_contact_reason AS reason ON reason.contact_id = contact.id
    WHERE contact.contacted_on >= :first_day AND contact.contacted_on < :end_day GROUP BY reason.reason_code
    """
)


class Recount:
    """The recount of the local days from ``first_day`` up to but not including ``end_day``."""

    def __init__(self, session: AsyncSession, first_day: date, end_day: date) -> None:
        self._session = session
        self._days = {"first_day": first_day, "end_day": end_day}

    async def totals(self) -> Mapping[str, int]:
        """The balance, what was handled in time, and the sums of both clocks."""
        row = (await self._session.execute(_TOTALS, self._days)).mappings().one()
        return {name: int(value) for name, value in row.items()}

    async def by_type(self) -> Mapping[str, int]:
        """Counted items by type."""
        return await self._counts(_BY_TYPE)

    async def by_topic(self) -> Mapping[str, int]:
        """Counted items by topic, ``unclassified`` for those without one."""
        return await self._counts(_BY_TOPIC)

    async def by_theme_and_type(self) -> Mapping[tuple[str, str], int]:
        """Counted items of each theme by type."""
        rows = await self._session.execute(_BY_THEME, self._days)
        return {(row[0], row[1]): row[2] for row in rows}

    async def ombudsman_by_service(self) -> Mapping[str, int]:
        """Contacts by what they were about."""
        return await self._counts(_OMBUDSMAN)

    async def ombudsman_by_reason(self) -> Mapping[str, int]:
        """Recorded reasons; a contact may have several or none."""
        return await self._counts(_OMBUDSMAN_REASONS)

    async def _counts(self, statement: TextClause) -> Mapping[str, int]:
        rows = await self._session.execute(statement, self._days)
        return {row[0]: row[1] for row in rows}
