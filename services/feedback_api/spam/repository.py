"""Reading and writing what came a short time ago: fingerprints of submissions, and challenges that were solved."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.shared.tables import FeedbackFingerprint, SolvedChallenge


async def remember_fingerprint(
    session: AsyncSession, fingerprint: str, feedback_id: UUID, *, at: datetime, window: timedelta
) -> UUID:
    """The item that first came with the fingerprint within the window: this one, unless it is a double.

    A second submission of the same moment waits here until the first is committed.
    """
    new = insert(FeedbackFingerprint).values(fingerprint=fingerprint, feedback_id=feedback_id, seen_at=at)
    is_forgotten = col(FeedbackFingerprint.seen_at) < at - window
    statement = new.on_conflict_do_update(
        index_elements=["fingerprint"],
        set_={
            "feedback_id": case((is_forgotten, new.excluded.feedback_id), else_=col(FeedbackFingerprint.feedback_id)),
            "seen_at": case((is_forgotten, new.excluded.seen_at), else_=col(FeedbackFingerprint.seen_at)),
        },
    ).returning(col(FeedbackFingerprint.feedback_id))
    return (await session.execute(statement)).scalar_one()


async def forget_fingerprints(session: AsyncSession, *, before: datetime) -> None:
    """Delete the fingerprints of submissions before the moment."""
    await session.execute(delete(FeedbackFingerprint).where(col(FeedbackFingerprint.seen_at) < before))


async def use_challenge(session: AsyncSession, challenge_hash: str, *, expires_at: datetime) -> bool:
    """Whether the challenge had not been used before. A second use of the same moment waits for the first's commit."""
    new = insert(SolvedChallenge).values(challenge_hash=challenge_hash, expires_at=expires_at)
    used = new.on_conflict_do_nothing(index_elements=["challenge_hash"]).returning(col(SolvedChallenge.challenge_hash))
    return (await session.execute(used)).scalar_one_or_none() is not None


async def forget_challenges(session: AsyncSession, *, at: datetime) -> None:
    """Delete the challenges that could not be solved any more."""
    await session.execute(delete(SolvedChallenge).where(col(SolvedChallenge.expires_at) < at))
