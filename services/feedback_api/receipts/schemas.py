"""What a receipt shows."""

from datetime import date, datetime

from pydantic import Field

from services.shared.schemas import ResponseModel
from services.shared.tables.feedback import FeedbackState


class ReceiptAnswer(ResponseModel):
    """An answer. ``text`` is null where it may not be shown to whoever holds the receipt, or has been erased."""

    answered_at: datetime
    is_final: bool
    is_sensitive: bool = Field(description="It tells of private matters: the sender reads it where they sign in.")
    text: str | None


class ReceiptStatus(ResponseModel):
    """Where a piece of feedback stands. Holds nothing of what its sender wrote."""

    receipt: str
    state: FeedbackState
    received_at: datetime
    reacted_at: datetime | None
    handled_at: datetime | None
    answers: list[ReceiptAnswer] = Field(description="What staff have answered, oldest first; interim answers too.")
    publication_permitted: bool = Field(description="Whether its sender lets it be published; false once withdrawn.")
    due_on: date | None = Field(description="The last local day by which an answer is due; null where none is set.")
