"""Reading and writing what came a short time ago: fingerprints of submissions, and challenges that were solved."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.shared.tables import FeedbackFingerprint, SolvedChallenge

# Rows are locked in the order of their keys, so that two groups wait for each other and never in a ring.
_REMEMBER = text(
    """
    INSERT INTO feedback_fingerprint AS known (fingerprint, feedback_id, seen_at)
    SELECT fingerprint, feedback_id, :at
    FROM unnest(CAST(:fingerprints AS text[]), CAST(:feedback_ids AS uuid[])) AS new (fingerprint, feedback_id)
    ORDER BY fingerprint COLLATE "C"
    ON CONFLICT (fingerprint) DO UPDATE SET
        feedback_id = CASE WHEN known.seen_at < :forgotten_before THEN excluded.feedback_id ELSE known.feedback_id END,
        seen_at = CASE WHEN known.seen_at < :forgotten_before THEN excluded.seen_at ELSE known.seen_at END
    RETURNING fingerprint, feedback_id
    """
)


async def remember_fingerprints(
    session: AsyncSession, fingerprints: Mapping[UUID, str], *, at: datetime, window: timedelta
) -> dict[UUID, UUID]:
    """By item, the one that first came with its fingerprint within the window: itself, unless it is a double.

    A second submission of the same moment waits here until the first is committed.
    """
    first: dict[str, UUID] = {}
    for feedback_id, fingerprint in fingerprints.items():
        first.setdefault(fingerprint, feedback_id)
    parameters = {
        "fingerprints": list(first),
        "feedback_ids": list(first.values()),
        "at": at,
        "forgotten_before": at - window,
    }
    known = {row.fingerprint: row.feedback_id for row in await session.execute(_REMEMBER, parameters)}
    return {feedback_id: known[fingerprint] for feedback_id, fingerprint in fingerprints.items()}


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
