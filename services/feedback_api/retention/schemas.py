"""Requests and answers about retention."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.shared.schemas import Flag, RequestModel, ResponseModel
from services.shared.tables.feedback import Hold
from services.shared.tables.retention import CountedFrom


class RetentionRunCreate(RequestModel):
    """A run. Without a word it is a dry one."""

    dry_run: Flag = Field(default=True, description="False erases; true only counts what is due.")


class RetentionCount(ResponseModel):
    """What a run did under one policy. In a dry run nothing is erased."""

    policy: str
    due: int = Field(description="Items whose content was due when the run began.")
    oldest_received_at: datetime | None
    erased: int
    notes: int
    attachments: int


class RetentionRunPublic(ResponseModel):
    """A run that is over."""

    id: UUID
    dry_run: bool
    actor: str
    started_at: datetime
    finished_at: datetime
    failure: str | None = Field(description="The kind of error that cut it short; null where it came to its end.")
    policies: list[RetentionCount]


class RetentionRunList(ResponseModel):
    """The last runs, newest first."""

    items: list[RetentionRunPublic]


class RetentionPolicyPublic(ResponseModel):
    """How long content is kept, of what, by whose word."""

    code: str
    names: dict[str, str]
    holds: list[Hold]
    type_codes: list[str]
    counted_from: CountedFrom
    keep_days: int
    owner: str
    source: str


class RetentionPolicyList(ResponseModel):
    """All policies."""

    items: list[RetentionPolicyPublic]
