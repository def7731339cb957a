"""Reading and writing the queue of letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.shared.identifiers import new_uuid
from services.shared.tables import Feedback, FeedbackContent, FeedbackEvent, FeedbackEventContent, OutgoingMail
from services.shared.tables.mail import MailKind, MailState


@dataclass(frozen=True, slots=True)
class AnswerToSend:
    """What an answer's letter is made of; ``words`` is None where they are erased."""

    email: str
    receipt: str
    words: str | None
    is_sensitive: bool


async def insert(
    session: AsyncSession,
    kind: MailKind,
    *,
    language: str,
    at: datetime,
    event_id: UUID | None = None,
    recipient: str | None = None,
) -> None:
    """Queue a letter."""
    session.add(
        OutgoingMail(
            id=new_uuid(),
            kind=kind.value,
            event_id=event_id,
            recipient=recipient,
            language=language,
            state=MailState.QUEUED.value,
            attempts=0,
            next_attempt_at=at,
            created_at=at,
        )
    )
    await session.flush()


async def claim_due(session: AsyncSession, *, at: datetime, until: datetime, limit: int) -> Sequence[OutgoingMail]:
    """Letters that are due, each one's only until ``until``; another process's are passed over."""
    due = (
        select(OutgoingMail.id)
        .where(col(OutgoingMail.state) == MailState.QUEUED.value, col(OutgoingMail.next_attempt_at) <= at)
        .order_by(col(OutgoingMail.next_attempt_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        update(OutgoingMail)
        .where(col(OutgoingMail.id).in_(due))
        .values(next_attempt_at=until, attempts=OutgoingMail.attempts + 1)
        .returning(OutgoingMail)
    )
    rows = (await session.execute(claimed)).scalars().all()
    for row in rows:
        session.expunge(row)
    return rows


async def find_answer(session: AsyncSession, event_id: UUID) -> AnswerToSend | None:
    """What the answer's letter is made of, or None once the content is erased."""
    statement = (
        select(FeedbackContent.sender_email, Feedback.receipt, FeedbackEventContent.note, FeedbackEvent.is_sensitive)
        .select_from(FeedbackEvent)
        .join(Feedback, col(Feedback.id) == col(FeedbackEvent.feedback_id))
        .join(FeedbackContent, col(FeedbackContent.feedback_id) == col(Feedback.id))
        .outerjoin(FeedbackEventContent, col(FeedbackEventContent.event_id) == col(FeedbackEvent.id))
        .where(col(FeedbackEvent.id) == event_id)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None or row[0] is None:
        return None
    return AnswerToSend(row[0], row[1], row[2], row[3])


async def finish(session: AsyncSession, mail_id: UUID, state: MailState, *, at: datetime, error: str | None) -> None:
    """Say what became of a letter; its recipient is forgotten."""
    await session.execute(
        update(OutgoingMail)
        .where(col(OutgoingMail.id) == mail_id)
        .values(state=state.value, finished_at=at, last_error=error, recipient=None)
    )


async def postpone(session: AsyncSession, mail_id: UUID, *, until: datetime, error: str) -> None:
    """Try the letter again later."""
    await session.execute(
        update(OutgoingMail).where(col(OutgoingMail.id) == mail_id).values(next_attempt_at=until, last_error=error)
    )


async def find(session: AsyncSession, mail_id: UUID) -> OutgoingMail | None:
    """A letter."""
    return await session.get(OutgoingMail, mail_id, with_for_update=True)


async def requeue(session: AsyncSession, mail_id: UUID, *, at: datetime) -> None:
    """Let a letter that was given up be tried again."""
    await session.execute(
        update(OutgoingMail)
        .where(col(OutgoingMail.id) == mail_id)
        .values(state=MailState.QUEUED.value, finished_at=None, attempts=0, next_attempt_at=at)
    )


async def find_feedback_id(session: AsyncSession, event_id: UUID) -> UUID:
    """The item that a letter's event is of."""
    statement = select(FeedbackEvent.feedback_id).where(col(FeedbackEvent.id) == event_id)
    return (await session.execute(statement)).scalar_one()


async def count_queued(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many letters wait, and since when the oldest does."""
    statement = select(func.count(), func.min(OutgoingMail.created_at)).where(
        col(OutgoingMail.state) == MailState.QUEUED.value
    )
    count, oldest = (await session.execute(statement)).one()
    return count, oldest


async def list_mail(session: AsyncSession, state: MailState, limit: int) -> list[tuple[OutgoingMail, UUID | None]]:
    """Letters of the state with the id of the item they are about, newest first."""
    statement = (
        select(OutgoingMail, FeedbackEvent.feedback_id)
        .outerjoin(FeedbackEvent, col(FeedbackEvent.id) == col(OutgoingMail.event_id))
        .where(col(OutgoingMail.state) == state.value)
        .order_by(col(OutgoingMail.created_at).desc(), col(OutgoingMail.id))
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def cancel_answers(session: AsyncSession, feedback_id: UUID, *, at: datetime) -> None:
    """Letters of the item that wait have nothing left to say."""
    events = select(FeedbackEvent.id).where(col(FeedbackEvent.feedback_id) == feedback_id)
    await session.execute(
        update(OutgoingMail)
        .where(col(OutgoingMail.event_id).in_(events), col(OutgoingMail.state) == MailState.QUEUED.value)
        .values(state=MailState.CANCELLED.value, finished_at=at)
    )


async def cancel_links(session: AsyncSession, *, before: datetime, at: datetime) -> None:
    """Letters with a link that were asked for before the moment and still wait: the link has ended."""
    await session.execute(
        update(OutgoingMail)
        .where(
            col(OutgoingMail.kind) == MailKind.SUBJECT_ACCESS.value,
            col(OutgoingMail.state) == MailState.QUEUED.value,
            col(OutgoingMail.created_at) < before,
        )
        .values(state=MailState.CANCELLED.value, finished_at=at, recipient=None)
    )


async def forget(session: AsyncSession, *, before: datetime) -> None:
    """Delete letters that were finished before the moment."""
    await session.execute(delete(OutgoingMail).where(col(OutgoingMail.finished_at) < before))
