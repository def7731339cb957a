"""feedback_api as survey_api uses it."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

import httpx
from pydantic import BaseModel, SecretStr

from services.shared.http_client import ServiceClient
from services.shared.request_context import REQUEST_ID_HEADER
from services.shared.tables.access import Service

PASSING_REFUSALS = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""Refusals that are not about the comment: an operator renews the service key, or the load goes down."""


class CommentToHandle(BaseModel):
    """A piece of feedback made of a response's comments; fields as ``POST /v1/feedback`` takes them."""

    text: str
    type: str
    unit: str
    channel: str
    language: str | None
    sender_name: str | None
    sender_email: str | None
    reply_wanted: bool
    received_at: datetime


class CreatedFeedback(BaseModel):
    """What survey_api keeps of feedback_api's answer."""

    id: UUID


class FeedbackClient(ServiceClient):
    """Posts comments as feedback."""

    def __init__(self, client: httpx.AsyncClient, key: SecretStr | None) -> None:
        super().__init__(Service.FEEDBACK_API, client, key.get_secret_value() if key else None)
        self._may_date = key is not None

    async def create_feedback(self, comment: CommentToHandle, *, handover_id: UUID) -> CreatedFeedback:
        """Make the comment a piece of feedback; once in effect, however often it is called for the hand-over.

        Without a service key the feedback is dated by its arrival: only keys may say when it was received. Raises
        :class:`RemoteServiceError` and :class:`RemoteRefusalError`.
        """
        left_out = set() if self._may_date else {"received_at"}
        return await self.call(
            "POST",
            "/v1/feedback",
            CreatedFeedback,
            json=comment.model_dump(mode="json", exclude_none=True, exclude=left_out),
            headers={
                "Idempotency-Key": f"comment-handover-{handover_id}",
                # The request that brought the comment is answered long since: this finds it in the other log.
                REQUEST_ID_HEADER: f"handover-{handover_id}",
            },
        )
