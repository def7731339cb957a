"""What a receipt shows."""

from datetime import date, datetime

from pydantic import Field

from services.shared.schemas import ResponseModel
from services.shared.tables.feedback import FeedbackState


class ReceiptStatus(ResponseModel):
    """Where a piece of feedback stands. Holds nothing of what was written."""

    receipt: str
    state: FeedbackState
    received_at: datetime
    reacted_at: datetime | None
    handled_at: datetime | None
    due_on: date | None = Field(description="The last local day by which an answer is due; null where none is set.")
