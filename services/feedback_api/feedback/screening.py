"""Screening: whether a submission is to be kept apart from the figures as it comes, and why.

First the signs of a robot, for submissions without a trusted key; then the signs of a matter that is no feedback, for
all. Nothing is refused or lost: a person reads what is kept apart, and releases it where the signs were wrong.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.feedback.schemas import FeedbackCreate
from services.feedback_api.gate.signs import Matter, find_sign
from services.feedback_api.spam import form_token, proof_of_work
from services.feedback_api.spam.fingerprint import fingerprint_of
from services.feedback_api.spam.proof_of_work import ProofVerdict
from services.feedback_api.spam.signs import suspicion_of
from services.shared.database import SessionDep
from services.shared.settings import Settings, settings_of
from services.shared.signing import signing_secret
from services.shared.tables.feedback import Hold

SCREENING = "screening"
"""The actor of what is kept apart by rule and not by a person."""

DUPLICATE_REASON = "sent_twice"


@dataclass(frozen=True, slots=True)
class Held:
    """As what a submission is kept apart, and the code of the reason."""

    hold: Hold
    reason: str
    matter: Matter | None


@dataclass(frozen=True, slots=True)
class Screening:
    """What screening needs of the app that answers the request."""

    settings: Settings
    session: AsyncSession

    @property
    def window(self) -> timedelta:
        """How long the same words from the same place count as sent twice."""
        return duplicate_window(self.settings)

    async def judge(self, submission: FeedbackCreate, *, is_trusted: bool, at: datetime) -> Held | None:
        """Why the submission is kept apart, or None."""
        proof = ProofVerdict.OK if is_trusted else await self._proof_of(submission, at=at)
        return judge(self.settings, submission, proof, is_trusted=is_trusted, at=at)

    async def _proof_of(self, submission: FeedbackCreate, *, at: datetime) -> ProofVerdict:
        if not self.settings.proof_of_work_required:
            return ProofVerdict.OK
        return await proof_of_work.check(self.session, self.settings, submission.proof_of_work, at=at)


def duplicate_window(settings: Settings) -> timedelta:
    """How long the same words from the same place count as sent twice."""
    return timedelta(minutes=settings.duplicate_window_minutes)


def judge(
    settings: Settings, submission: FeedbackCreate, proof: ProofVerdict, *, is_trusted: bool, at: datetime
) -> Held | None:
    """Why the submission with the proof of work is kept apart, or None."""
    if not is_trusted:
        reason = suspicion_of(
            submission.website,
            form_token.check(settings, submission.form_token, at=at),
            proof,
            is_token_required=settings.form_token_required,
            is_work_required=settings.proof_of_work_required,
        )
        if reason is not None:
            return Held(Hold.SUSPECTED_SPAM, reason, None)
    sign = find_sign(submission.text, submission.title)
    return Held(Hold.NOT_FEEDBACK, sign.kind, sign.kind) if sign else None


def fingerprint_of_submission(settings: Settings, submission: FeedbackCreate, sent_from: str | None) -> str:
    """What the submission is known by when it comes again from the same place."""
    return fingerprint_of(
        signing_secret(settings, "fingerprint"),
        submission.text,
        submission.title,
        submission.type,
        submission.unit,
        submission.sender_email,
        sent_from,
    )


# Async, though it awaits nothing: FastAPI would run a plain function in a thread.
async def _screening(request: Request, session: SessionDep) -> Screening:
    return Screening(settings_of(request), session)


ScreeningDep = Annotated[Screening, Depends(_screening)]
"""How the submissions of a request are screened."""
