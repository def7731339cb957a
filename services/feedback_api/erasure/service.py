"""Erasing an item's content, and touching nothing a figure is made of."""

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.attachments import service as attachments
from services.feedback_api.attachments.storage import AttachmentStorage
from services.feedback_api.erasure import repository
from services.feedback_api.erasure.schemas import ContentErased
from services.feedback_api.mail import repository as mail
from services.feedback_api.publication import repository as publications
from services.shared.clock import now
from services.shared.tables import Feedback

log = structlog.get_logger(__name__)


async def erase(
    session: AsyncSession, storage: AttachmentStorage | None, facts: Feedback, *, actor: str
) -> ContentErased:
    """Erase what the resident and staff wrote about the item. Safe to repeat.

    Facts, events, clocks and themes stay: a theme that a search found in the text is kept, as the text cannot be
    searched again.
    """
    erased = ContentErased(
        feedback_id=facts.id,
        attachments=await attachments.remove(session, storage, facts.id),
        contents=await repository.erase_content(session, facts.id),
        notes=await repository.erase_notes(session, facts.id),
    )
    await publications.clear_words(session, facts.id)
    await mail.cancel_answers(session, facts.id, at=now())
    log.info("content_erased", by=actor, **erased.model_dump(mode="json"))
    return erased
