"""Hand-overs on the wire: how they stand, never what they say."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from services.shared.schemas import ResponseModel
from services.shared.tables import CommentHandover


class HandoverState(StrEnum):
    """Waiting to be delivered (or to be tried again), refused by feedback_api, or delivered."""

    WAITING = "waiting"
    PARKED = "parked"
    DELIVERED = "delivered"


class HandoverRead(ResponseModel):
    """How one comment's hand-over stands."""

    id: UUID
    response_id: UUID
    service_point: str
    state: HandoverState
    created_at: datetime
    attempts: int
    next_attempt_at: datetime | None = Field(description="Of one that waits.")
    last_error: str | None = Field(description="Why the last try failed: a problem code of feedback_api, never a text.")
    parked_at: datetime | None
    delivered_at: datetime | None
    feedback_id: UUID | None

    @classmethod
    def of(cls, row: CommentHandover) -> "HandoverRead":
        """The hand-over's wire form."""
        state = _state_of(row)
        return cls(
            id=row.id,
            response_id=row.response_id,
            service_point=row.service_point_code,
            state=state,
            created_at=row.created_at,
            attempts=row.attempts,
            next_attempt_at=row.next_attempt_at if state is HandoverState.WAITING else None,
            last_error=row.last_error,
            parked_at=row.parked_at,
            delivered_at=row.delivered_at,
            feedback_id=row.feedback_id,
        )


def _state_of(row: CommentHandover) -> HandoverState:
    if row.delivered_at is not None:
        return HandoverState.DELIVERED
    return HandoverState.WAITING if row.parked_at is None else HandoverState.PARKED


class HandoverPage(ResponseModel):
    """Hand-overs, the oldest first."""

    items: list[HandoverRead]
    next: str | None
