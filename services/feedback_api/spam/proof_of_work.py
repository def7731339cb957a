"""Proof of work as ALTCHA's widget does it: the browser finds a number, which costs a robot more than a person.

The challenge is the SHA-256 of a salt and a secret number up to ``proof_of_work_max_number``; solving takes that many
hashes at most, checking one. It needs no third party, tells nothing of the sender, and is off by default.
"""

import base64
import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from altcha import v1 as altcha
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.spam import repository
from services.shared.clock import now
from services.shared.settings import Settings
from services.shared.signing import signing_secret

PURPOSE = "proof of work"


class ProofVerdict(StrEnum):
    """What a solved challenge says."""

    OK = "ok"
    MISSING = "missing"
    FAILED = "failed"


def challenge_of(settings: Settings, *, at: datetime | None = None) -> dict[str, Any]:
    """A new challenge, as the widget reads it: algorithm, challenge, maxnumber, salt, signature."""
    expires = (at or now()) + timedelta(minutes=settings.proof_of_work_minutes)
    challenge = altcha.create_challenge(
        altcha.ChallengeOptions(
            hmac_key=signing_secret(settings, PURPOSE), max_number=settings.proof_of_work_max_number, expires=expires
        )
    )
    return {
        "algorithm": challenge.algorithm,
        "challenge": challenge.challenge,
        "maxnumber": challenge.max_number,
        "salt": challenge.salt,
        "signature": challenge.signature,
    }


async def check(session: AsyncSession, settings: Settings, payload: str | None, *, at: datetime) -> ProofVerdict:
    """What the solution says; each challenge counts once, in whichever process its solution comes again."""
    if not payload:
        return ProofVerdict.MISSING
    try:
        is_right, _ = altcha.verify_solution(payload, signing_secret(settings, PURPOSE), check_expires=True)
    except (TypeError, ValueError, AttributeError, KeyError):
        # A payload of any other shape than the widget's.
        return ProofVerdict.FAILED
    if not is_right:
        return ProofVerdict.FAILED
    # The challenge and not the payload: the same solution can be written in many ways.
    challenge = str(json.loads(base64.b64decode(payload))["challenge"])
    expires_at = at + timedelta(minutes=settings.proof_of_work_minutes)
    is_first = await repository.use_challenge(session, challenge, expires_at=expires_at)
    return ProofVerdict.OK if is_first else ProofVerdict.FAILED
