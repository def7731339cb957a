"""Handling: staff's events move an item on."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.deadlines import service as deadlines
from services.feedback_api.feedback import lifecycle, repository
from services.feedback_api.feedback.errors import FeedbackNotFoundProblem, SensitiveAnswerProblem
from services.feedback_api.feedback.lifecycle import Happening
from services.feedback_api.feedback.repository import NewRows
from services.feedback_api.feedback.schemas import BulkEventCreate, BulkEventResult, EventCreate, EventFields
from services.feedback_api.mail.queue import MailOutcome, queue_answer
from services.feedback_api.themes import repository as themes
from services.feedback_api.themes.service import check_known
from services.shared.catalogue import Catalogue
from services.shared.clock import local_day
from services.shared.problems import Problem
from services.shared.settings import Settings
from services.shared.tables import Feedback

EVENT_FIELDS = ("unit", "type", "topic", "recipient", "hold", "hold_reason", "is_sensitive", "note")
"""What of an event may belong to some kinds only."""


class Recorded(NamedTuple):
    """An event's id, the item's facts after it, and what becomes of an answer by mail; None where it is no answer."""

    event_id: UUID
    facts: Feedback
    mail: MailOutcome | None


async def record_event(
    session: AsyncSession,
    catalogue: Catalogue,
    settings: Settings,
    feedback_id: UUID,
    event: EventCreate,
    *,
    actor: str,
    now: datetime,
) -> Recorded:
    """Append the event, bring the item to where it stands after it, and queue the letter of an answer."""
    facts = await repository.find_locked(session, feedback_id)
    if facts is None:
        raise FeedbackNotFoundProblem
    # Staff who act "now" must not fail because their last event was recorded with a clock slightly ahead.
    occurred_at = event.occurred_at or max(now, facts.last_event_at)
    happening = happening_of(catalogue, event, occurred_at, has_themes=event.themes is not None)
    if event.is_sensitive and not facts.sender_identified:
        raise SensitiveAnswerProblem(
            "the sender is not identified; give the sensitive part in a service where they sign in, and answer here "
            "without it"
        )
    standing = lifecycle.after(repository.standing_of(facts), happening)
    rows = NewRows()
    event_id = rows.add_event(feedback_id, standing.event_count, happening, actor=actor, at=now, note=event.note)
    await repository.write(session, rows)
    await repository.update_standing(session, feedback_id, standing, at=now)
    await deadlines.keep(session, catalogue, [], rows.events, at=now)
    if event.themes is not None:
        await themes.set_by_staff(session, feedback_id, check_known(catalogue, event.themes), at=now)
    if happening.topic_code is not None:
        await themes.reassign(session, [feedback_id], at=now)
    await session.refresh(facts)
    mail = None
    if event.kind in lifecycle.MAY_BE_SENSITIVE:
        mail = await queue_answer(session, settings, facts, event_id, event.note, at=now)
    return Recorded(event_id, facts, mail)


async def record_in_bulk(
    session: AsyncSession,
    catalogue: Catalogue,
    settings: Settings,
    bulk: BulkEventCreate,
    *,
    actor: str,
    now: datetime,
) -> list[BulkEventResult]:
    """Append the event to each item that allows it; one that does not is refused alone. In the order given."""
    event = EventCreate.model_construct(**{name: getattr(bulk, name) for name in EventCreate.model_fields})
    results: dict[UUID, BulkEventResult] = {}
    # In one order everywhere: two bulk events that share items wait for each other, and never in a circle.
    for feedback_id in sorted(bulk.feedback_ids):
        try:
            async with session.begin_nested():
                recorded = await record_event(session, catalogue, settings, feedback_id, event, actor=actor, now=now)
        except Problem as problem:
            results[feedback_id] = BulkEventResult(
                feedback_id=feedback_id,
                status="refused",
                event_id=None,
                code=problem.code,
                reason=problem.detail or problem.title,
            )
        else:
            results[feedback_id] = BulkEventResult(
                feedback_id=feedback_id, status="recorded", event_id=recorded.event_id, code=None, reason=None
            )
    return [results[feedback_id] for feedback_id in bulk.feedback_ids]


def happening_of(
    catalogue: Catalogue, event: EventFields, occurred_at: datetime, *, has_themes: bool = False
) -> Happening:
    """The event with its codes resolved; raises a problem naming the field that is wrong."""
    given = {name for name in EVENT_FIELDS if getattr(event, name, None) not in (None, False)}
    lifecycle.check_fields(event.kind, frozenset(given | ({"themes"} if has_themes else set())))
    unit = catalogue.resolve_unit(event.unit, on=local_day(occurred_at)) if event.unit else None
    feedback_type = catalogue.resolve_type(event.type) if event.type else None
    topic = catalogue.resolve_topic(event.topic) if event.topic else None
    return Happening(
        event.kind,
        occurred_at,
        unit_code=unit.code if unit else None,
        type_code=feedback_type.code if feedback_type else None,
        topic_code=topic.code if topic else None,
        recipient=event.recipient,
        hold=getattr(event, "hold", None),
        hold_reason=getattr(event, "hold_reason", None),
        is_sensitive=getattr(event, "is_sensitive", False),
    )
