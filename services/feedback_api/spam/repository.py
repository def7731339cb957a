"""Reading and writing what came a short time ago: fingerprints of submissions, and challenges that were solved."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.shared.tables import FeedbackFingerprint, SolvedChallenge

_REMEMBER = text(
    """
    INSERT INTO feedback_fingerprint AS known (fingerprint, feedback_id, seen_at)
    VALUES (:fingerprint, :feedback_id, :at)
    ON CONFLICT (fingerprint) DO UPDATE SET
        feedback_id = CASE WHEN known.seen_at < :forgotten_before THEN excluded.feedback_id ELSE known.feedback_id END,
        seen_at = CASE WHEN known.seen_at < :forgotten_before THEN excluded.seen_at ELSE known.seen_at END
    RETURNING feedback_id
    """
)

# Rows are locked in the order of their keys, so that two groups wait for each other and never in a ring.
REMEMBER_NEW = """
    INSERT INTO feedback_fingerprint AS known (fingerprint, feedback_id, seen_at)
    SELECT fingerprint, id, :recorded_at FROM {new} WHERE fingerprint IS NOT NULL
    ORDER BY fingerprint COLLATE "C"
    ON CONFLICT (fingerprint) DO UPDATE SET feedback_id = excluded.feedback_id, seen_at = excluded.seen_at
        WHERE known.seen_at < :forgotten_before
    RETURNING feedback_id
"""
"""SQL: remember the rows of ``new`` with a fingerprint; returned are those that were not known within the window."""


async def remember_fingerprint(
    session: AsyncSession, fingerprint: str, feedback_id: UUID, *, at: datetime, window: timedelta
) -> UUID:
    """The item that first came with the fingerprint within the window: this one, unless it is a double.

    A second submission of the same moment waits here until the first is committed.
    """
    parameters = {"fingerprint": fingerprint, "feedback_id": feedback_id, "at": at, "forgotten_before": at - window}
    first: UUID = (await session.execute(_REMEMBER, parameters)).scalar_one()
    return first


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
