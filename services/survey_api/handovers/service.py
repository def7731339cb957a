"""From a comment its writer wants handled to the outbox row that carries it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.problems import invalid
from services.shared.settings import get_settings
from services.shared.tables import CommentHandover
from services.shared.tables.surveys import SurveyKind
from services.survey_api.handovers import repository
from services.survey_api.handovers.errors import HandoverNotFoundProblem, HandoverNotParkedProblem
from services.survey_api.handovers.feedback_client import CommentToHandle
from services.survey_api.responses.schemas import LANGUAGES
from services.survey_api.responses.submission import JudgedResponse

HANDED_OVER_TYPE = "other"
"""The writer did not choose a feedback type; staff classify it."""

SURVEY_CHANNEL = "survey_comment"
CHAT_CHANNEL = "chat"


@dataclass(frozen=True, slots=True)
class Commenter:
    """Who wants the comment handled, if they said so."""

    name: str | None
    email: str | None


async def enqueue(session: AsyncSession, response: JudgedResponse, commenter: Commenter, *, at: datetime) -> None:
    """Put the response's comments in the outbox as one piece of feedback; raises :class:`InvalidRequestProblem`
    where there is nothing to handle, or more than one piece of feedback may hold."""
    comment = comment_to_handle(response, commenter)
    await repository.add_handover(
        session,
        service_point=response.key.service_point,
        response_id=response.key.id,
        payload=comment.model_dump(mode="json"),
        at=at,
    )


def comment_to_handle(response: JudgedResponse, commenter: Commenter) -> CommentToHandle:
    """The piece of feedback that the response's texts make; its unit is the response's service point."""
    if not response.texts:
        raise invalid("please_handle", "needs a written comment; answer a text question, or set it to false")
    text, limit = "\n\n".join(response.texts.values()), get_settings().text_max_length
    if len(text) > limit:
        reason = f"the comments have {len(text)} characters together; the limit is {limit}, shorten them"
        raise invalid("please_handle", reason)
    return CommentToHandle(
        text=text,
        type=HANDED_OVER_TYPE,
        unit=response.key.service_point,
        channel=CHAT_CHANNEL if response.survey.kind is SurveyKind.CHAT else SURVEY_CHANNEL,
        language=_language(response.language),
        sender_name=commenter.name,
        sender_email=commenter.email,
        # Nobody can be answered by name alone.
        reply_wanted=commenter.email is not None,
        received_at=response.given_at,
    )


async def try_again(session: AsyncSession, handover_id: UUID, *, at: datetime) -> CommentHandover:
    """Make a parked hand-over due at once, after what made feedback_api refuse it was mended.

    Raises :class:`HandoverNotFoundProblem` and :class:`HandoverNotParkedProblem`.
    """
    handover = await repository.unpark(session, handover_id, at=at)
    if handover is not None:
        return handover
    if await repository.exists(session, handover_id):
        raise HandoverNotParkedProblem
    raise HandoverNotFoundProblem


def _language(given: str | None) -> str | None:
    return given if given is None or given in LANGUAGES else "other"
