"""Posting requests and updates."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.feedback import intake, lifecycle
from services.feedback_api.feedback import repository as feedback
from services.feedback_api.feedback.intake import Accepted, Origin
from services.feedback_api.feedback.lifecycle import Happening
from services.feedback_api.feedback.repository import NewRows
from services.feedback_api.feedback.schemas import FeedbackCreate
from services.feedback_api.feedback.screening import Screening
from services.feedback_api.gate.wording import words_of
from services.feedback_api.open311.submission import PostedRequest
from services.feedback_api.publication import repository as publications
from services.shared.catalogue import Catalogue
from services.shared.personal_data import EVERYTHING, mask
from services.shared.problems import NotFoundProblem
from services.shared.tables.feedback import FeedbackEventKind
from services.shared.tables.open311 import Moderation


async def post_request(
    session: AsyncSession,
    catalogue: Catalogue,
    posted: PostedRequest,
    submission: FeedbackCreate,
    origin: Origin,
    screening: Screening,
    now: datetime,
) -> Accepted:
    """Take the request in as feedback that can be followed, and listed if its sender and a moderator let it."""
    accepted = await intake.submit(session, catalogue, submission, origin, screening, now)
    await publications.insert(
        session,
        feedback_id=accepted.id,
        service_code=posted.service.code,
        service_object_id=posted.object_id,
        service_object_type=posted.object_type,
        moderation=Moderation.PENDING,
    )
    return accepted


def notice_of(accepted: Accepted, language: str) -> str:
    """What the sender is to be told beyond that it was received."""
    return "" if accepted.matter is None else words_of(accepted.matter)[language]


async def post_update(session: AsyncSession, feedback_id: UUID, words: str, *, actor: str, now: datetime) -> UUID:
    """Add the sender's later word to the item: a comment, which moves neither its state nor a clock."""
    facts = await feedback.find_locked(session, feedback_id)
    if facts is None or await publications.find(session, feedback_id) is None:
        raise NotFoundProblem("service_request_id: there is no such request")
    happening = Happening(FeedbackEventKind.COMMENTED, max(now, facts.last_event_at))
    standing = lifecycle.after(feedback.standing_of(facts), happening)
    rows = NewRows()
    note = mask(words, EVERYTHING).text
    event_id = rows.add_event(feedback_id, standing.event_count, happening, actor=actor, at=now, note=note)
    await feedback.write(session, rows)
    await feedback.update_standing(session, feedback_id, standing, at=now)
    return event_id
