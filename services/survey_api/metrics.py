"""What survey_api tells Prometheus of its tables."""

from collections.abc import Iterable

from prometheus_client import Metric
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.metrics.lookups import age, gauge_by
from services.survey_api.handovers import repository as handovers
from services.survey_api.held_answers import repository as held_answers


async def look_up(session: AsyncSession) -> Iterable[Metric]:
    """Comments on their way to feedback_api, and answers that cannot be counted yet."""
    backlog = await handovers.count_backlog(session)
    return (
        gauge_by(
            "katsaus_handovers",
            "Comments not delivered to feedback_api, by state.",
            "state",
            {"waiting": backlog.waiting, "parked": backlog.parked},
        ),
        age(
            "katsaus_handovers_oldest_waiting_age_seconds",
            "Age of the oldest comment that waits; 0 where none does.",
            backlog.oldest_waiting_at,
        ),
        gauge_by(
            "katsaus_held_answers",
            "Answers held until their device or point is known, by reason.",
            "reason",
            await held_answers.count_by_reason(session),
        ),
    )
