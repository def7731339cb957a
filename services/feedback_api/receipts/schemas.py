"""What a receipt shows."""

from datetime import datetime

from services.shared.schemas import ResponseModel
from services.shared.tables.feedback import FeedbackState


class ReceiptStatus(ResponseModel):
    """Where a piece of feedback stands. Holds nothing of what was written."""

    receipt: str
    state: FeedbackState
    received_at: datetime
    reacted_at: datetime | None
    handled_at: datetime | None
