"""Requests and answers about retention, alike in every service."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.shared.schemas import Flag, RequestModel, ResponseModel
from services.shared.tables import RetentionRun
from services.shared.tables.feedback import Hold
from services.shared.tables.retention import CountedFrom, RetainedContent


class RetentionRunCreate(RequestModel):
    """A run. Without a word it is a dry one."""

    dry_run: Flag = Field(default=True, description="False erases; true only counts what is due.")


class RetentionCount(ResponseModel):
    """What a run did under one policy. In a dry run nothing is erased."""

    policy: str
    due: int = Field(description="Items whose content was due when the run began.")
    oldest_received_at: datetime | None
    erased: int = Field(description="Contents erased for good.")
    notes: int = Field(description="Answers and notes erased with them; of feedback only.")
    attachments: int = Field(description="Files erased with them; of feedback only.")


class RetentionRunPublic(ResponseModel):
    """A run, as far as it has come: what it says is erased is."""

    id: UUID
    dry_run: bool
    actor: str
    started_at: datetime
    finished_at: datetime | None = Field(description="Null while it goes on, and for ever where its process died.")
    is_complete: bool = Field(
        description="False where it came to no end, or ended at the setting `retention_run_items_max`: run it again."
    )
    failure: str | None = Field(description="The kind of error that cut it short.")
    policies: list[RetentionCount]

    @classmethod
    def of(cls, row: RetentionRun) -> "RetentionRunPublic":
        """The run's wire form."""
        return cls(
            id=row.id,
            dry_run=row.is_dry_run,
            actor=row.actor,
            started_at=row.started_at,
            finished_at=row.finished_at,
            # Runs of before a run could end early do not say.
            is_complete=row.counts.get("is_complete", row.counts.get("failure") is None),
            failure=row.counts.get("failure"),
            policies=[RetentionCount.model_validate(one) for one in row.counts["policies"]],
        )


class RetentionRunList(ResponseModel):
    """The last runs, newest first."""

    items: list[RetentionRunPublic]


class RetentionPolicyPublic(ResponseModel):
    """How long content is kept, of what, by whose word."""

    code: str
    names: dict[str, str]
    content: RetainedContent
    holds: list[Hold]
    type_codes: list[str]
    counted_from: CountedFrom
    keep_days: int
    owner: str
    source: str


class RetentionPolicyList(ResponseModel):
    """The policies of the service's content."""

    items: list[RetentionPolicyPublic]
