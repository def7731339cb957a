"""A moderator's decision on an item, and its sender's permission, which it needs."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.feedback import repository as feedback
from services.feedback_api.publication import repository
from services.feedback_api.publication.errors import NotPublishableProblem
from services.feedback_api.publication.schemas import PublicationDecision
from services.shared.catalogue import Catalogue
from services.shared.settings import Settings
from services.shared.tables import Feedback, FeedbackContent, FeedbackPublication
from services.shared.tables.open311 import Moderation

log = structlog.get_logger(__name__)


async def await_moderation(
    session: AsyncSession, catalogue: Catalogue, settings: Settings, facts: Feedback
) -> FeedbackPublication | None:
    """Let a moderator publish an item whose sender permits it: it is listed with Open311's requests.

    It comes under the service of its topic. None where there is no permission, or no service to list it under.
    """
    service = catalogue.open311_service_of(facts.topic_code, default=settings.open311_default_service)
    if not facts.publication_permitted or service is None:
        return None
    await repository.insert(
        session,
        moderation=Moderation.PENDING,
        feedback_id=facts.id,
        service_code=service.code,
        service_object_id=None,
        service_object_type=None,
    )
    return await repository.find(session, facts.id)


async def withdraw(session: AsyncSession, facts: Feedback, *, by: str, at: datetime) -> None:
    """Take back the sender's permission: nothing of the item is public any more. Safe to repeat."""
    if facts.publication_permitted:
        await repository.withdraw_permission(session, facts.id, at=at)
        log.info("permission_withdrawn", feedback_id=str(facts.id), by=by)


async def withdraw_by_receipt(session: AsyncSession, receipt: str, *, at: datetime) -> bool:
    """The same for whoever has the receipt; False where there is no such feedback."""
    facts = await feedback.find_by_receipt(session, receipt.strip().upper())
    if facts is not None:
        await withdraw(session, facts, by="the sender", at=at)
    return facts is not None


async def decide(
    session: AsyncSession,
    facts: Feedback,
    content: FeedbackContent | None,
    decision: PublicationDecision,
    *,
    actor: str,
    at: datetime,
) -> None:
    """Publish the item's words or refuse to; raises :class:`NotPublishableProblem` where they cannot be."""
    is_published = decision.decision == "publish"
    if is_published:
        _check_publishable(facts, content)
    words = {
        "title": decision.title or (content.title if content else None),
        "body": decision.text or (content.body if content else None),
        "answer": decision.answer,
        "has_attachments": decision.attachments,
    }
    moderation = Moderation.PUBLISHED if is_published else Moderation.REFUSED
    decided = {"moderation": moderation.value, "moderated_at": at, "moderated_by": actor}
    await repository.change(session, facts.id, decided | (words if is_published else repository.NO_WORDS), at=at)


def _check_publishable(facts: Feedback, content: FeedbackContent | None) -> None:
    if not facts.publication_permitted:
        raise NotPublishableProblem("its sender did not permit it, or has withdrawn the permission")
    if facts.hold is not None:
        raise NotPublishableProblem(f"it is kept apart as {facts.hold}; release it first")
    if content is None:
        raise NotPublishableProblem("its content has been erased")
