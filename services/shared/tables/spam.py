"""What keeps robots out, and is remembered for a while only."""

from datetime import datetime

from services.shared.tables.base import Table, text, timestamp


class SolvedChallenge(Table, table=True):
    """A proof of work that has counted, by the hash of its challenge; kept until the challenge would have ended."""

    __tablename__ = "solved_challenge"

    challenge_hash: str = text(primary_key=True)
    expires_at: datetime = timestamp(index=True)
