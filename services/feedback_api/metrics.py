"""What feedback_api tells Prometheus of its tables."""

from collections.abc import Iterable

from prometheus_client import Metric
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.feedback import repository as feedback
from services.feedback_api.mail import repository as mail
from services.shared.metrics.lookups import age, gauge, gauge_by


async def look_up(session: AsyncSession) -> Iterable[Metric]:
    """Letters that wait, and feedback that is kept apart."""
    queued, oldest = await mail.count_queued(session)
    return (
        gauge("katsaus_mail_queued", "Letters that wait to be sent.", queued),
        age("katsaus_mail_oldest_queued_age_seconds", "Age of the oldest of them; 0 where none waits.", oldest),
        gauge_by(
            "katsaus_feedback_held",
            "Feedback kept apart until a person looks, by reason.",
            "hold",
            await feedback.count_unconfirmed_holds(session),
        ),
    )
