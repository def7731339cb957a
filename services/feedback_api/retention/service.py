"""Retention of feedback: each item that is due is erased by the way that erases any content."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.attachments.storage import AttachmentStorage
from services.feedback_api.erasure import service as erasure
from services.feedback_api.retention import repository
from services.feedback_api.retention.rules import Due, due_of
from services.shared.catalogue import Catalogue
from services.shared.database import Sessions
from services.shared.retention import runs
from services.shared.retention.runs import Erased
from services.shared.retention.schemas import RetentionRunPublic
from services.shared.settings import Settings
from services.shared.tables.access import Service
from services.shared.tables.retention import RetainedContent


@dataclass(frozen=True, slots=True)
class _DueFeedback:
    """The items that are due by one policy."""

    due: Due
    storage: AttachmentStorage | None
    actor: str

    @property
    def policy_code(self) -> str:
        return self.due.policy.code

    async def count(self, session: AsyncSession) -> tuple[int, datetime | None]:
        return await repository.count_due(session, self.due)

    async def erase(self, session: AsyncSession, limit: int) -> Erased:
        batch = await repository.lock_due(session, self.due, limit)
        erased = [await erasure.erase(session, self.storage, facts, actor=self.actor) for facts in batch]
        return Erased(
            items=len(batch),
            contents=sum(one.contents for one in erased),
            notes=sum(one.notes for one in erased),
            attachments=sum(one.attachments for one in erased),
        )


async def run(
    sessions: Sessions,
    storage: AttachmentStorage | None,
    catalogue: Catalogue,
    *,
    actor: str,
    is_dry_run: bool,
    at: datetime,
    items_max: int | None,
) -> RetentionRunPublic:
    """Count what is due at the moment, and unless it is a dry run, erase it, or ``items_max`` items of it."""
    policies = catalogue.retention_policies_of(RetainedContent.FEEDBACK)
    dues = [_DueFeedback(due, storage, actor) for due in due_of(policies, now=at)]
    return await runs.run(
        sessions, Service.FEEDBACK_API, dues, actor=actor, is_dry_run=is_dry_run, at=at, items_max=items_max
    )


async def run_if_due(
    sessions: Sessions, storage: AttachmentStorage | None, catalogue: Catalogue, settings: Settings, *, at: datetime
) -> bool:
    """The daily run, once a local day from the setting's hour on, by one process only; whether it was done now."""
    async with sessions.session() as lock, lock.begin():
        is_due = await runs.is_daily_run_due(lock, Service.FEEDBACK_API, settings, at=at)
        if is_due:
            await run(sessions, storage, catalogue, actor=runs.SCHEDULE, is_dry_run=False, at=at, items_max=None)
    return is_due
