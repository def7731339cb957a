"""Running retention. What is due, and how it is erased, each service says; how a run goes on is the same.

Everything due is counted first. Then it is erased batch by batch, each in a transaction of its own that also moves the
run's record on: whenever a run is cut off, its record says what it has erased, no more and no less.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.clock import local_day, local_hour, now
from services.shared.database import Sessions
from services.shared.identifiers import new_uuid
from services.shared.retention import repository
from services.shared.retention.schemas import RetentionCount, RetentionRunPublic
from services.shared.settings import Settings
from services.shared.tables.access import Service

BATCH = 100
"""Items of one transaction: short enough not to keep anybody waiting."""

SCHEDULE = "schedule"
"""The actor of the daily run."""

CANCELLED = "cancelled"
"""The failure of a run whose caller went away."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What a batch erased: of so many items, so many contents with their notes and attachments."""

    items: int
    contents: int
    notes: int = 0
    attachments: int = 0


class DueContent(Protocol):
    """What of one policy is due."""

    @property
    def policy_code(self) -> str:
        """The policy."""
        ...

    async def count(self, session: AsyncSession) -> tuple[int, datetime | None]:
        """How many items are due, and when the oldest was received."""
        ...

    async def erase(self, session: AsyncSession, limit: int) -> Erased:
        """Erase the content of up to ``limit`` items that nobody else is changing."""
        ...


@dataclass
class _Run:
    """A run under way, and how far it has come."""

    sessions: Sessions
    run_id: UUID
    counts: list[RetentionCount] = field(default_factory=list)
    is_complete: bool = False
    failure: str | None = CANCELLED
    """Until it is over, as whoever calls may go away."""

    def as_json(self, counts: Sequence[RetentionCount]) -> dict[str, Any]:
        """What the record says, with these counts."""
        policies = [one.model_dump(mode="json") for one in counts]
        return {"policies": policies, "failure": self.failure, "is_complete": self.is_complete}

    async def count(self, dues: Sequence[DueContent]) -> None:
        """Count all that is due."""
        async with self.sessions.session() as session, session.begin():
            for due in dues:
                number, oldest = await due.count(session)
                self.counts.append(
                    RetentionCount(
                        policy=due.policy_code,
                        due=number,
                        oldest_received_at=oldest,
                        erased=0,
                        notes=0,
                        attachments=0,
                    )
                )
            await repository.update_run(session, self.run_id, self.as_json(self.counts))

    async def erase(self, dues: Sequence[DueContent], items_max: int | None) -> bool:
        """Erase up to ``items_max`` items, all of them where it is None; whether nothing that is due is left."""
        left = items_max
        for place, due in enumerate(dues):
            is_more = True
            while is_more:
                size = BATCH if left is None else min(BATCH, left)
                if size == 0:
                    return False
                items = await self._erase_batch(place, due, size)
                left = None if left is None else left - items
                is_more = items == size
        return True

    async def _erase_batch(self, place: int, due: DueContent, size: int) -> int:
        counts = list(self.counts)
        async with self.sessions.session() as session, session.begin():
            erased = await due.erase(session, size)
            counts[place] = _with(counts[place], erased)
            await repository.update_run(session, self.run_id, self.as_json(counts))
        self.counts = counts
        return erased.items


async def run(
    sessions: Sessions,
    service: Service,
    dues: Sequence[DueContent],
    *,
    actor: str,
    is_dry_run: bool,
    at: datetime,
    items_max: int | None,
) -> RetentionRunPublic:
    """Count what is due at the moment, and unless it is a dry run, erase up to ``items_max`` items of it.

    An error is raised once the record says what the run had done. A process that dies leaves a record without an end.
    """
    this = _Run(sessions, new_uuid())
    async with sessions.session() as session, session.begin():
        await repository.insert_run(
            session, service, this.run_id, actor=actor, is_dry_run=is_dry_run, at=at, counts=this.as_json([])
        )
    try:
        await this.count(dues)
        this.is_complete = is_dry_run or await this.erase(dues, items_max)
        this.failure = None
    except Exception as error:
        this.failure = type(error).__name__
        raise
    finally:
        finished_at = max(at, now())
        async with sessions.session() as session, session.begin():
            await repository.update_run(session, this.run_id, this.as_json(this.counts), finished_at=finished_at)
    return RetentionRunPublic(
        id=this.run_id,
        dry_run=is_dry_run,
        actor=actor,
        started_at=at,
        finished_at=finished_at,
        is_complete=this.is_complete,
        failure=None,
        policies=this.counts,
    )


async def is_daily_run_due(session: AsyncSession, service: Service, settings: Settings, *, at: datetime) -> bool:
    """Whether the daily run is to be done now, by this process: once a local day, from the setting's hour on.

    No other process is told so until the session's transaction ends.
    """
    if local_hour(at) < settings.retention_hour or not await repository.is_first(session, service):
        return False
    last = await repository.last_whole_run(session, service)
    return last is None or local_day(last) < local_day(at)


def _with(count: RetentionCount, erased: Erased) -> RetentionCount:
    return count.model_copy(
        update={
            "erased": count.erased + erased.contents,
            "notes": count.notes + erased.notes,
            "attachments": count.attachments + erased.attachments,
        }
    )
