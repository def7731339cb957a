"""A moderator's decision on an item."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.publication import repository
from services.feedback_api.publication.errors import NotPublishableProblem
from services.feedback_api.publication.schemas import PublicationDecision
from services.shared.tables import Feedback, FeedbackContent, FeedbackPublication
from services.shared.tables.open311 import Moderation


async def decide(
    session: AsyncSession,
    publication: FeedbackPublication,
    facts: Feedback,
    content: FeedbackContent | None,
    decision: PublicationDecision,
    *,
    actor: str,
    at: datetime,
) -> None:
    """Publish the item's words or refuse to; raises :class:`NotPublishableProblem` where they cannot be."""
    if publication.moderation == Moderation.NOT_PERMITTED:
        raise NotPublishableProblem("its sender did not permit it")
    is_published = decision.decision == "publish"
    if is_published:
        _check_publishable(facts, content)
    words = {
        "title": decision.title or (content.title if content else None),
        "body": decision.text or (content.body if content else None),
        "answer": decision.answer,
        "has_attachments": decision.attachments,
    }
    nothing = {"title": None, "body": None, "answer": None, "has_attachments": False}
    moderation = Moderation.PUBLISHED if is_published else Moderation.REFUSED
    decided = {"moderation": moderation.value, "moderated_at": at, "moderated_by": actor}
    await repository.change(session, facts.id, decided | (words if is_published else nothing), at=at)


def _check_publishable(facts: Feedback, content: FeedbackContent | None) -> None:
    if facts.hold is not None:
        raise NotPublishableProblem(f"it is kept apart as {facts.hold}; release it first")
    if content is None:
        raise NotPublishableProblem("its content has been erased")
