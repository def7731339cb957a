"""A moderator's decision on an item, and its sender's permission, which it needs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.feedback import lifecycle
from services.feedback_api.feedback import repository as feedback
from services.feedback_api.feedback.lifecycle import Happening
from services.feedback_api.feedback.repository import NewRows
from services.feedback_api.publication import repository
from services.feedback_api.publication.errors import NotPublishableProblem
from services.feedback_api.publication.schemas import PublicationDecision
from services.shared.catalogue import Catalogue
from services.shared.settings import Settings
from services.shared.tables import Feedback, FeedbackContent, FeedbackPublication
from services.shared.tables.feedback import FeedbackEventKind
from services.shared.tables.open311 import Moderation

log = structlog.get_logger(__name__)

SENDER = "the sender"
"""The actor of what a sender does with the receipt."""


class Permitting(Protocol):
    """A new item, whose sender may permit its publication."""

    @property
    def id(self) -> UUID:
        """The item's id."""

    @property
    def topic_code(self) -> str | None:
        """The item's topic."""

    @property
    def publication_permitted(self) -> bool:
        """Whether its sender permits it."""


async def await_moderation(
    session: AsyncSession, catalogue: Catalogue, settings: Settings, facts: Feedback
) -> FeedbackPublication | None:
    """Let a moderator publish an item whose sender permits it: it is listed with Open311's requests.

    It comes under the service of its topic. None where there is no permission, or no service to list it under.
    """
    await await_moderation_of_all(session, catalogue, settings, [facts])
    return await repository.find(session, facts.id)


async def await_moderation_of_all(
    session: AsyncSession, catalogue: Catalogue, settings: Settings, items: Sequence[Permitting]
) -> None:
    """The same for many new items, in one statement."""
    await repository.insert_pending(session, services_of(catalogue, settings, items))


def services_of(catalogue: Catalogue, settings: Settings, items: Sequence[Permitting]) -> dict[UUID, str]:
    """Of the items that a moderator may publish, the service that each is listed under."""
    services = {facts.id: _service_of(catalogue, settings, facts) for facts in items if facts.publication_permitted}
    return {item: code for item, code in services.items() if code is not None}


def _service_of(catalogue: Catalogue, settings: Settings, facts: Permitting) -> str | None:
    service = catalogue.open311_service_of(facts.topic_code, default=settings.open311_default_service)
    return service.code if service else None


async def withdraw(session: AsyncSession, facts: Feedback, *, by: str, at: datetime) -> None:
    """Take back the sender's permission: nothing of the item is public any more. Safe to repeat.

    ``facts`` are locked. That it was taken back stays as an event, which moves neither the state nor a clock.
    """
    if not facts.publication_permitted:
        return
    happening = Happening(FeedbackEventKind.PERMISSION_WITHDRAWN, max(at, facts.last_event_at))
    standing = lifecycle.after(feedback.standing_of(facts), happening)
    rows = NewRows()
    rows.add_event(facts.id, standing.event_count, happening, actor=by, at=at, note=None)
    await feedback.write(session, rows)
    await feedback.update_standing(session, facts.id, standing, at=at)
    await repository.withdraw_permission(session, facts.id, at=at)
    log.info("permission_withdrawn", feedback_id=str(facts.id), by=by)


async def withdraw_by_receipt(session: AsyncSession, receipt: str, *, at: datetime) -> bool:
    """The same for whoever has the receipt; False where there is no such feedback."""
    found = await feedback.find_by_receipt(session, receipt.strip().upper())
    facts = await feedback.find_locked(session, found.id) if found else None
    if facts is not None:
        await withdraw(session, facts, by=SENDER, at=at)
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
