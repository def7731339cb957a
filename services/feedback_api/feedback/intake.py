"""Intake: a submission becomes facts, content and the first event in one transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.deadlines import service as deadlines
from services.feedback_api.feedback import lifecycle, repository
from services.feedback_api.feedback.lifecycle import Happening, Standing
from services.feedback_api.feedback.repository import NewRows
from services.feedback_api.feedback.schemas import FeedbackCreate, FeedbackFields
from services.feedback_api.themes import repository as themes
from services.shared.catalogue import Catalogue
from services.shared.clock import local_day
from services.shared.identifiers import new_receipt, new_uuid
from services.shared.problems import ForbiddenProblem
from services.shared.security import Principal, Scope
from services.shared.tables import Feedback
from services.shared.tables.feedback import FeedbackEventKind

FORM_SOURCE = "form"
"""Source of what came without a key; keyed submissions bear their key's name."""

MAY_DATE = (Scope.FEEDBACK_HANDLE, Scope.SERVICE)
"""Scopes that may say when a piece of feedback was received: staff keying in paper, services handing over."""


async def submit(
    session: AsyncSession,
    catalogue: Catalogue,
    submission: FeedbackCreate,
    principal: Principal | None,
    now: datetime,
) -> Feedback:
    """Store a submission and return its facts."""
    if submission.received_at is not None and not (principal and any(principal.has(scope) for scope in MAY_DATE)):
        raise ForbiddenProblem(
            "received_at may be set only with an API key of scope feedback:handle; leave it out to use the present time"
        )
    rows = NewRows()
    received_at = submission.received_at or now
    actor = principal.name if principal else FORM_SOURCE
    first = first_standing(catalogue, submission, received_at)
    feedback_id = add_new(rows, submission, first, actor=actor, source=actor, reference=None, now=now)
    await repository.write(session, rows)
    await deadlines.keep(session, catalogue, rows.facts, rows.events, at=now)
    await themes.assign(session, [feedback_id], at=now)
    return Feedback(**rows.facts[0])


def first_standing(catalogue: Catalogue, fields: FeedbackFields, received_at: datetime) -> Standing:
    """Where a new item stands; raises a problem for a code the catalogue does not have on that day."""
    day = local_day(received_at)
    unit = catalogue.resolve_unit(fields.unit, on=day) if fields.unit else catalogue.root_unit
    topic = catalogue.resolve_topic(fields.topic) if fields.topic else None
    catalogue.resolve_channel(fields.channel)
    return lifecycle.at_intake(
        received_at,
        unit_code=unit.code,
        type_code=catalogue.resolve_type(fields.type).code,
        topic_code=topic.code if topic else None,
    )


def add_new(
    rows: NewRows,
    fields: FeedbackFields,
    first: Standing,
    *,
    actor: str,
    source: str,
    reference: str | None,
    now: datetime,
) -> UUID:
    """Add the rows of a new item with its first event, and return its id."""
    feedback_id = new_uuid()
    received_at = first.last_event_at
    rows.facts.append(
        {
            "id": feedback_id,
            "receipt": new_receipt(),
            "source": source,
            "source_reference": reference,
            "received_at": received_at,
            "received_on": local_day(received_at),
            "recorded_at": now,
            "updated_at": now,
            "channel_code": fields.channel,
            "language": fields.language,
            "reply_wanted": fields.reply_wanted,
            **repository.standing_values(first),
        }
    )
    rows.content.append(
        {
            "feedback_id": feedback_id,
            "title": fields.title,
            "body": fields.text,
            "sender_name": fields.sender_name,
            "sender_email": fields.sender_email,
            "sender_phone": fields.sender_phone,
        }
    )
    received = Happening(FeedbackEventKind.RECEIVED, received_at, first.unit_code, first.type_code, first.topic_code)
    rows.add_event(feedback_id, 1, received, actor=actor, at=now, note=None)
    return feedback_id
