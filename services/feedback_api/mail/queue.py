"""Whether an answer is mailed, decided and queued in the transaction that records it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.mail import repository
from services.shared.settings import Settings
from services.shared.tables import Feedback, FeedbackContent
from services.shared.tables.mail import MailKind


class MailOutcome(StrEnum):
    """What becomes of an answer by mail."""

    QUEUED = "queued"
    NOT_CONFIGURED = "not_configured"
    NOT_WANTED = "not_wanted"
    NO_ADDRESS = "no_address"
    NO_WORDS = "no_words"


async def queue_answer(
    session: AsyncSession, settings: Settings, facts: Feedback, event_id: UUID, words: str | None, *, at: datetime
) -> MailOutcome:
    """Queue the answer's letter where one is wanted and can be sent; say what becomes of it."""
    content = await session.get(FeedbackContent, facts.id)
    outcome = _outcome(settings, facts, content, words)
    if outcome is MailOutcome.QUEUED:
        await repository.insert(session, MailKind.ANSWER, language=facts.language, event_id=event_id, at=at)
    return outcome


def _outcome(settings: Settings, facts: Feedback, content: FeedbackContent | None, words: str | None) -> MailOutcome:
    if not facts.reply_wanted:
        return MailOutcome.NOT_WANTED
    if content is None or content.sender_email is None:
        return MailOutcome.NO_ADDRESS
    if words is None:
        return MailOutcome.NO_WORDS
    return MailOutcome.NOT_CONFIGURED if settings.smtp_url is None else MailOutcome.QUEUED
