"""Running retention: counted first, then erased in short transactions, each item by the way that erases any content."""

from datetime import datetime

import structlog

from services.feedback_api.attachments import service as attachments
from services.feedback_api.attachments.storage import AttachmentStorage
from services.feedback_api.erasure import service as erasure
from services.feedback_api.retention import repository
from services.feedback_api.retention.rules import Due, due_of
from services.feedback_api.retention.schemas import RetentionCount, RetentionRunPublic
from services.shared.catalogue import Catalogue
from services.shared.clock import local_day, local_hour, now
from services.shared.database import Sessions
from services.shared.settings import Settings

log = structlog.get_logger(__name__)

BATCH = 100
"""Items of one transaction: a run that is stopped loses nothing that it has done."""

SCHEDULE = "schedule"
"""The actor of the daily run."""


async def run(
    sessions: Sessions, storage: AttachmentStorage | None, catalogue: Catalogue, *, actor: str, is_dry_run: bool
) -> RetentionRunPublic:
    """Count what is due under each policy, and unless it is a dry run, erase it."""
    started_at = now()
    policies = []
    for due in due_of(catalogue.retention_policies, now=started_at):
        async with sessions.session() as session:
            number, oldest = await repository.count_due(session, due)
        erased, files = (0, 0) if is_dry_run else await _erase(sessions, storage, due, actor=actor)
        policies.append(
            RetentionCount(
                policy=due.policy.code, due=number, oldest_received_at=oldest, erased=erased, attachments=files
            )
        )
    finished_at = now()
    async with sessions.session() as session, session.begin():
        run_id = await repository.insert_run(
            session,
            actor=actor,
            is_dry_run=is_dry_run,
            started_at=started_at,
            at=finished_at,
            counts={"policies": [one.model_dump(mode="json") for one in policies]},
        )
    return RetentionRunPublic(
        id=run_id,
        dry_run=is_dry_run,
        actor=actor,
        started_at=started_at,
        finished_at=finished_at,
        policies=policies,
    )


async def _erase(sessions: Sessions, storage: AttachmentStorage | None, due: Due, *, actor: str) -> tuple[int, int]:
    items = files = 0
    while True:
        async with sessions.session() as session, session.begin():
            batch = await repository.lock_due(session, due, BATCH)
            for facts in batch:
                erased = await erasure.erase(session, storage, facts, actor=actor)
                items += erased.contents
                files += erased.attachments
        if len(batch) < BATCH:
            return items, files


async def run_if_due(
    sessions: Sessions, storage: AttachmentStorage | None, catalogue: Catalogue, settings: Settings, *, at: datetime
) -> bool:
    """The daily run, once a local day from the setting's hour on, by one process only; whether it was done now."""
    if local_hour(at) < settings.retention_hour:
        return False
    async with sessions.session() as lock, lock.begin():
        if not await repository.is_first(lock):
            return False
        last = await repository.last_real_run(lock)
        if last is not None and local_day(last) >= local_day(at):
            return False
        await run(sessions, storage, catalogue, actor=SCHEDULE, is_dry_run=False)
    if storage is not None:
        async with sessions.session() as session:
            swept = await attachments.sweep(session, storage, at=at)
        log.info("attachments_swept", files=swept)
    return True
