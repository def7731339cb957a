"""Deciding about comments: none is published unless a person releases it, in its own words or in others."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.personal_data import mask
from services.shared.problems import invalid
from services.shared.tables import CommentDecision
from services.shared.tables.surveys import CommentRelease
from services.survey_api.comments import repository
from services.survey_api.comments.errors import CommentChangedProblem, CommentNotFoundProblem
from services.survey_api.comments.schemas import CommentDecided, DecisionPut, Verdict

_DECIDED = {Verdict.RELEASE: CommentRelease.RELEASED, Verdict.WITHHOLD: CommentRelease.WITHHELD}


def fingerprint_of(comment: str) -> str:
    """Tells words from other words."""
    return hashlib.sha256(comment.encode()).hexdigest()[:32]


async def decide(
    session: AsyncSession, response_id: UUID, question: str, body: DecisionPut, *, decided_by: str, at: datetime
) -> CommentDecided:
    """Put the decision in the place of an earlier one.

    Raises :class:`CommentNotFoundProblem`, :class:`CommentChangedProblem` where the words are others by now, and
    :class:`InvalidRequestProblem` for words to show of a comment that is withheld.
    """
    if body.shown_text is not None and body.decision is Verdict.WITHHOLD:
        raise invalid("shown_text", "nothing is shown of a comment that is withheld; leave it out, or release it")
    comment = await repository.lock_comment(session, body.service_point, response_id, question)
    if comment is None:
        raise CommentNotFoundProblem(
            f"no comment to {question!r} in the response {response_id} at {body.service_point!r}; "
            "take the three from GET /v1/comments"
        )
    if fingerprint_of(comment) != body.fingerprint:
        raise CommentChangedProblem("read the comment again from GET /v1/comments, and decide about what it says now")
    decided = CommentDecided(
        decision=_DECIDED[body.decision],
        reason=body.reason,
        decided_by=decided_by,
        decided_at=at,
        shown_text=None if body.shown_text is None else mask(body.shown_text).text,
    )
    await repository.put_decision(
        session,
        CommentDecision(
            service_point_code=body.service_point,
            response_id=response_id,
            question_code=question,
            **decided.model_dump(),
        ),
    )
    return decided
