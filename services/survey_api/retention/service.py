"""Retention of comments, as old as when they were given, whether their responses are counted or wait to be."""

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
from services.survey_api.erasure.repository import erase_comments
from services.survey_api.retention import repository, uncounted


@dataclass(frozen=True, slots=True)
class _DueComments:
    """The comments that are due by one policy."""

    policy: RetentionPolicy
    before: datetime

    @property
    def policy_code(self) -> str:
        return self.policy.code

    async def count(self, session: AsyncSession) -> tuple[int, datetime | None]:
        counted = [
            await repository.count_due(session, self.before),
            await uncounted.count_held(session, self.before),
            await uncounted.count_read(session, self.before),
        ]
        oldest = [given_at for _, given_at in counted if given_at is not None]
        return sum(number for number, _ in counted), min(oldest, default=None)

    async def erase(self, session: AsyncSession, limit: int) -> Erased:
        due = await repository.lock_due(session, self.before, limit)
        items, contents = len(due), await erase_comments(session, due)
        for erase in (uncounted.erase_held, uncounted.erase_read):
            if items < limit:
                erased = await erase(session, self.before, limit - items)
                items, contents = items + erased, contents + erased
        return Erased(items=items, contents=contents)


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
