"""Retention of comments, as old as when they were given."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.database import Sessions
from services.shared.retention import runs
from services.shared.retention.runs import Erased
from services.shared.retention.schemas import RetentionRunPublic
from services.shared.settings import Settings
from services.shared.tables import RetentionPolicy
from services.shared.tables.access import Service
from services.shared.tables.retention import RetainedContent
from services.survey_api.erasures.repository import erase_comments
from services.survey_api.retention import repository


@dataclass(frozen=True, slots=True)
class _DueComments:
    """The comments that are due by one policy."""

    policy: RetentionPolicy
    before: datetime

    @property
    def policy_code(self) -> str:
        return self.policy.code

    async def count(self, session: AsyncSession) -> tuple[int, datetime | None]:
        return await repository.count_due(session, self.before)

    async def erase(self, session: AsyncSession, limit: int) -> Erased:
        due = await repository.lock_due(session, self.before, limit)
        return Erased(items=len(due), contents=await erase_comments(session, due))


async def run(
    sessions: Sessions, catalogue: Catalogue, *, actor: str, is_dry_run: bool, at: datetime, items_max: int | None
) -> RetentionRunPublic:
    """Count what is due at the moment, and unless it is a dry run, erase it, or ``items_max`` responses' comments."""
    policies = catalogue.retention_policies_of(RetainedContent.SURVEY_COMMENTS)
    dues = [_DueComments(policy, at - timedelta(days=policy.keep_days)) for policy in policies]
    return await runs.run(
        sessions, Service.SURVEY_API, dues, actor=actor, is_dry_run=is_dry_run, at=at, items_max=items_max
    )


async def run_if_due(sessions: Sessions, catalogue: Catalogue, settings: Settings, *, at: datetime) -> bool:
    """The daily run, once a local day from the setting's hour on, by one process only; whether it was done now."""
    async with sessions.session() as lock, lock.begin():
        is_due = await runs.is_daily_run_due(lock, Service.SURVEY_API, settings, at=at)
        if is_due:
            await run(sessions, catalogue, actor=runs.SCHEDULE, is_dry_run=False, at=at, items_max=None)
    return is_due
