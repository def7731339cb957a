"""Rows to answers: the wire shape of an item has its one home here."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from starlette.datastructures import URL

from services.feedback_api.deadlines.presenter import deadline_of_item
from services.feedback_api.deadlines.repository import KnownDeadline
from services.feedback_api.feedback.intake import Accepted
from services.feedback_api.feedback.schemas import (
    BelongsElsewhere,
    FeedbackContentPublic,
    FeedbackDetail,
    FeedbackEventPublic,
    FeedbackReceipt,
    FeedbackSummary,
)
from services.feedback_api.gate.signs import Matter
from services.feedback_api.gate.wording import words_of
from services.shared.personal_data import PersonalData
from services.shared.tables import Feedback, FeedbackContent, FeedbackEvent
from services.shared.tables.feedback import FeedbackEventKind, FeedbackState, Hold

RECEIPTS_PATH = "v1/receipts/"
"""Written out: to ask the router for it takes as long as to check a body."""


def receipt_of(base_url: URL | str, accepted: Accepted, masked: Sequence[PersonalData]) -> FeedbackReceipt:
    """The answer to a sender, who reached the service at ``base_url``."""
    return FeedbackReceipt(
        id=accepted.id,
        receipt=accepted.receipt,
        status_url=f"{base_url}{RECEIPTS_PATH}{accepted.receipt}",
        received_at=accepted.received_at,
        masked=list(masked),
        duplicate_of=accepted.duplicate_of,
        belongs_elsewhere=_belongs_elsewhere(accepted.matter),
    )


def _belongs_elsewhere(matter: Matter | None) -> BelongsElsewhere | None:
    return None if matter is None else BelongsElsewhere(matter=matter, words=words_of(matter))


def summary_of(facts: Feedback, themes: Sequence[str], deadline: KnownDeadline | None) -> FeedbackSummary:
    """The facts of an item."""
    return FeedbackSummary(
        id=facts.id,
        source=facts.source,
        source_reference=facts.source_reference,
        received_at=facts.received_at,
        recorded_at=facts.recorded_at,
        updated_at=facts.updated_at,
        channel=facts.channel_code,
        unit=facts.unit_code,
        type=facts.type_code,
        topic=facts.topic_code,
        language=facts.language,
        reply_wanted=facts.reply_wanted,
        state=FeedbackState(facts.state),
        hold=Hold(facts.hold) if facts.hold else None,
        hold_reason=facts.hold_reason,
        hold_confirmed_at=facts.hold_confirmed_at,
        sender_identified=facts.sender_identified,
        publication_permitted=facts.publication_permitted,
        reacted_at=facts.reacted_at,
        handled_at=facts.handled_at,
        deadline=deadline_of_item(deadline),
        themes=list(themes),
    )


def detail_of(
    facts: Feedback,
    themes: Sequence[str],
    deadline: KnownDeadline | None,
    content: FeedbackContent | None,
    events: Sequence[FeedbackEvent],
    notes: Mapping[UUID, str],
) -> FeedbackDetail:
    """An item with everything staff may see."""
    return FeedbackDetail(
        **summary_of(facts, themes, deadline).model_dump(),
        receipt=facts.receipt,
        content=content_of(content) if content else None,
        events=[_event_of(event, notes.get(event.id)) for event in events],
    )


def content_of(content: FeedbackContent) -> FeedbackContentPublic:
    """What the sender wrote."""
    return FeedbackContentPublic(
        title=content.title,
        text=content.body,
        sender_name=content.sender_name,
        sender_email=content.sender_email,
        sender_phone=content.sender_phone,
        latitude=content.latitude,
        longitude=content.longitude,
        address=content.address,
        address_id=content.address_id,
        zip_code=content.zip_code,
        attributes=content.attributes,
    )


def _event_of(event: FeedbackEvent, note: str | None) -> FeedbackEventPublic:
    return FeedbackEventPublic(
        id=event.id,
        sequence=event.sequence,
        kind=FeedbackEventKind(event.kind),
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        actor=event.actor,
        unit=event.unit_code,
        type=event.type_code,
        topic=event.topic_code,
        recipient=event.recipient,
        hold=Hold(event.hold) if event.hold else None,
        hold_reason=event.hold_reason,
        is_sensitive=event.is_sensitive,
        note=note,
    )
