"""Answers about attachments."""

from datetime import datetime

from pydantic import Field

from services.shared.schemas import ResponseModel


class AttachmentPublic(ResponseModel):
    """A file that came with an item, made anew: its size and digest are those of what is stored."""

    position: int = Field(description="From 1, in the order they were sent.")
    media_type: str = Field(examples=["image/jpeg"])
    byte_size: int
    sha256: str
    scanned_at: datetime | None = Field(description="When a virus scanner passed it; null where none is configured.")
    created_at: datetime


class AttachmentList(ResponseModel):
    """The attachments of an item."""

    items: list[AttachmentPublic]
