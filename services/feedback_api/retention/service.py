"""Running retention: counted first, then erased in short transactions, each item by the way that erases any content."""

from datetime import datetime

from services.feedback_api.attachments.storage import AttachmentStorage
from services.feedback_api.erasure import service as erasure
from services.feedback_api.retention import repository
from services.feedback_api.retention.rules import Due, due_of
from services.feedback_api.retention.schemas import RetentionCount, RetentionRunPublic
from services.shared.catalogue import Catalogue
from services.shared.clock import local_day, local_hour, now
from services.shared.database import Sessions
from services.shared.settings import Settings

BATCH = 100
"""Items of one transaction: a run that is stopped loses nothing that it has done."""

SCHEDULE = "schedule"
"""The actor of the daily run."""


async def run(
    sessions: Sessions,
    storage: AttachmentStorage | None,
    catalogue: Catalogue,
    *,
    actor: str,
    is_dry_run: bool,
    at: datetime,
) -> RetentionRunPublic:
    """Count what is due at the moment under each policy, and unless it is a dry run, erase it.

    A run that is cut short is remembered too, with what it had done.
    """
    done: list[RetentionCount] = []
    failure: str | None = "cancelled"
    try:
        for due in due_of(catalogue.retention_policies, now=at):
            async with sessions.session() as session:
                number, oldest = await repository.count_due(session, due)
            count = RetentionCount(
                policy=due.policy.code, due=number, oldest_received_at=oldest, erased=0, notes=0, attachments=0
            )
            done.append(count)
            if not is_dry_run:
                await _erase(sessions, storage, due, count, actor=actor)
        failure = None
    except Exception as error:
        failure = type(error).__name__
        raise
    finally:
        record = await _remember(sessions, done, actor=actor, is_dry_run=is_dry_run, at=at, failure=failure)
    return record


async def _remember(
    sessions: Sessions, done: list[RetentionCount], *, actor: str, is_dry_run: bool, at: datetime, failure: str | None
) -> RetentionRunPublic:
    finished_at = max(at, now())
    async with sessions.session() as session, session.begin():
        run_id = await repository.insert_run(
            session,
            actor=actor,
            is_dry_run=is_dry_run,
            started_at=at,
            at=finished_at,
            counts={"policies": [one.model_dump(mode="json") for one in done], "failure": failure},
        )
    return RetentionRunPublic(
        id=run_id,
        dry_run=is_dry_run,
        actor=actor,
        started_at=at,
        finished_at=finished_at,
        failure=failure,
        policies=done,
    )


async def _erase(
    sessions: Sessions, storage: AttachmentStorage | None, due: Due, count: RetentionCount, *, actor: str
) -> None:
    """Erase what is due in short transactions, and add up in ``count`` what each has erased for good."""
    while True:
        async with sessions.session() as session, session.begin():
            batch = await repository.lock_due(session, due, BATCH)
            erased = [await erasure.erase(session, storage, facts, actor=actor) for facts in batch]
        count.erased += sum(one.contents for one in erased)
        count.notes += sum(one.notes for one in erased)
        count.attachments += sum(one.attachments for one in erased)
        if len(batch) < BATCH:
            return


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
        await run(sessions, storage, catalogue, actor=SCHEDULE, is_dry_run=False, at=at)
    return True
