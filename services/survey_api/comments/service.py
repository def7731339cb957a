"""Deciding about comments: none is published unless a person releases the words as they are."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

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

    Raises :class:`CommentNotFoundProblem`, and :class:`CommentChangedProblem` where the words are others by now.
    """
    comment = await repository.lock_comment(session, body.service_point, response_id, question)
    if comment is None:
        raise CommentNotFoundProblem(
            f"no comment to {question!r} in the response {response_id} at {body.service_point!r}; "
            "take the three from GET /v1/comments"
        )
    if fingerprint_of(comment) != body.fingerprint:
        raise CommentChangedProblem("read the comment again from GET /v1/comments, and decide about what it says now")
    decided = CommentDecided(decision=_DECIDED[body.decision], reason=body.reason, decided_by=decided_by, decided_at=at)
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
