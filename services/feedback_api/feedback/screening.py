"""Screening: whether a submission is to be kept apart from the figures as it comes, and why.

First the signs of a robot, for submissions without a trusted key; then the signs of a matter that is no feedback, for
all. Nothing is refused or lost: a person reads what is kept apart, and releases it where the signs were wrong.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from services.feedback_api.feedback.schemas import FeedbackCreate
from services.feedback_api.gate.signs import Matter, find_sign
from services.shared.settings import Settings, settings_of
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

    @property
    def window(self) -> timedelta:
        """How long the same words from the same place count as sent twice."""
        return timedelta(minutes=10)

    async def judge(self, submission: FeedbackCreate, *, is_trusted: bool) -> Held | None:
        """Why the submission is kept apart, or None."""
        sign = find_sign(submission.text, submission.title)
        return Held(Hold.NOT_FEEDBACK, sign.kind, sign.kind) if sign else None

    def fingerprint_of(self, submission: FeedbackCreate, sent_from: str) -> str:
        """What the submission is known by when it comes again from the same place."""
        return "|".join(
            [
                submission.text,
                submission.title or "",
                submission.type,
                submission.unit or "",
                submission.sender_email or "",
                sent_from,
            ]
        )


def _screening(request: Request) -> Screening:
    return Screening(settings_of(request))


ScreeningDep = Annotated[Screening, Depends(_screening)]
