"""Gathering what is held on a person."""

import string
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.feedback_api.attachments import repository as attachments
from services.feedback_api.attachments.schemas import AttachmentPublic
from services.feedback_api.feedback import presenter
from services.feedback_api.feedback import repository as feedback
from services.feedback_api.subject_access import links
from services.feedback_api.subject_access.schemas import HeldAttachment, HeldEvent, HeldItem, SubjectAccessExport
from services.shared.pagination import Cursor
from services.shared.settings import Settings
from services.shared.tables import Feedback, FeedbackContent
from services.shared.tables.feedback import FeedbackEventKind, FeedbackState

log = structlog.get_logger(__name__)

ALSO_HELD_BY = [
    "Comments of chats and questionnaires are among the items where their writers asked for an answer at this address.",
    "Of all other comments nobody knows whose they are, so they are not here.",
    "The city's other registers are not part of this service.",
]

_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

SHOWN_WORDS = (FeedbackEventKind.INTERIM_ANSWERED, FeedbackEventKind.ANSWERED, FeedbackEventKind.COMMENTED)
"""Events whose words are the sender's to read: answers, and what they wrote themselves."""


async def export(
    session: AsyncSession,
    settings: Settings,
    items: Sequence[Feedback],
    *,
    at: datetime,
    by: str,
    next_cursor: str | None = None,
) -> SubjectAccessExport:
    """Everything of the items that is about their sender. That it was asked for is logged, by number only."""
    held = [await _held(session, settings, facts, at=at) for facts in items]
    log.info("subject_access", by=by, items=len(held))
    return SubjectAccessExport(made_at=at, items=held, next=next_cursor, also_held_by=ALSO_HELD_BY)


def folded(email: str) -> str:
    """The address in small letters, of A to Z only: another alphabet's look-alike stays another address."""
    return email.translate(_SMALL)


async def find_by_email(session: AsyncSession, email: str, *, after: Cursor | None, limit: int) -> Sequence[Feedback]:
    """Items whose content bears the address, in either case of letters, the oldest first."""
    statement = (
        select(Feedback)
        .join(FeedbackContent, col(FeedbackContent.feedback_id) == col(Feedback.id))
        .where(
            # lower() has the index, but folds another alphabet's look-alike too.
            func.lower(col(FeedbackContent.sender_email)) == func.lower(email),
            func.translate(col(FeedbackContent.sender_email), string.ascii_uppercase, string.ascii_lowercase)
            == folded(email),
        )
        .order_by(col(Feedback.received_at), col(Feedback.id))
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(col(Feedback.received_at), col(Feedback.id)) > (after.instant, after.id))
    return (await session.execute(statement)).scalars().all()


async def _held(session: AsyncSession, settings: Settings, facts: Feedback, *, at: datetime) -> HeldItem:
    events = (await feedback.fetch_events(session, [facts.id]))[facts.id]
    notes = await feedback.fetch_notes(session, facts.id)
    content = await feedback.fetch_content(session, facts.id)
    files = await attachments.fetch(session, facts.id)
    return HeldItem(
        id=facts.id,
        receipt=facts.receipt,
        received_at=facts.received_at,
        state=FeedbackState(facts.state),
        type=facts.type_code,
        topic=facts.topic_code,
        unit=facts.unit_code,
        channel=facts.channel_code,
        language=facts.language,
        reply_wanted=facts.reply_wanted,
        content=presenter.content_of(content) if content else None,
        attachments=[
            HeldAttachment(
                **AttachmentPublic.model_validate(row).model_dump(),
                url=links.attachment_link(settings, facts.id, row.position, at=at),
            )
            for row in files
        ],
        events=[
            HeldEvent(
                kind=FeedbackEventKind(event.kind),
                occurred_at=event.occurred_at,
                text=notes.get(event.id) if event.kind in SHOWN_WORDS and not event.is_sensitive else None,
            )
            for event in events
        ],
    )
