"""Answers about erasure."""

from uuid import UUID

from pydantic import Field

from services.shared.schemas import ResponseModel


class ErasedFeedback(ResponseModel):
    """Which of the items asked for have no content any more."""

    erased: list[UUID]


class ContentErased(ResponseModel):
    """What was erased; nought where it had been erased before."""

    feedback_id: UUID
    contents: int = Field(description="1 if text, title, name and contact were erased now.")
    attachments: int = Field(description="Files erased now.")
    notes: int = Field(description="Answers and notes of the item's events erased now.")
