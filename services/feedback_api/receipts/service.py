"""What the sender's receipt shows."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.deadlines import repository as deadlines
from services.feedback_api.feedback import repository
from services.feedback_api.receipts.schemas import ReceiptAnswer, ReceiptStatus
from services.shared.tables import FeedbackEvent
from services.shared.tables.feedback import FeedbackEventKind, FeedbackState

ANSWERS = (FeedbackEventKind.INTERIM_ANSWERED, FeedbackEventKind.ANSWERED)


async def read_status(session: AsyncSession, receipt: str) -> ReceiptStatus | None:
    """Where the feedback with the receipt stands, or None where there is none. Small letters do as well."""
    facts = await repository.find_by_receipt(session, receipt.strip().upper())
    if facts is None:
        return None
    events = (await repository.fetch_events(session, [facts.id]))[facts.id]
    notes = await repository.fetch_notes(session, facts.id)
    known = (await deadlines.fetch_deadlines(session, [facts.id])).get(facts.id)
    return ReceiptStatus(
        receipt=facts.receipt,
        state=FeedbackState(facts.state),
        received_at=facts.received_at,
        reacted_at=facts.reacted_at,
        handled_at=facts.handled_at,
        answers=[_answer_of(event, notes.get(event.id)) for event in events if event.kind in ANSWERS],
        publication_permitted=facts.publication_permitted,
        due_on=known.deadline.due_on if known else None,
    )


def _answer_of(event: FeedbackEvent, words: str | None) -> ReceiptAnswer:
    return ReceiptAnswer(
        answered_at=event.occurred_at,
        is_final=event.kind == FeedbackEventKind.ANSWERED,
        is_sensitive=event.is_sensitive,
        text=None if event.is_sensitive else words,
    )
