"""Sending the queue: claimed under a lease, tried again with doubling waits, given up where the server says never."""

from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog

from services.feedback_api.mail import repository, smtp, wording
from services.feedback_api.subject_access import links
from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.settings import Settings
from services.shared.tables import OutgoingMail
from services.shared.tables.mail import MailKind, MailState

log = structlog.get_logger(__name__)

BATCH = 20
"""Letters of one round; the next follows at once while there are more."""

MARGIN_SECONDS = 5.0
"""For each letter's own reading and writing, besides the mail server's time."""

KEPT_DAYS = 30
"""How long it is remembered what became of a letter, which no longer holds its recipient."""


async def send_due(sessions: Sessions, settings: Settings) -> int:
    """Try the letters that are due now; how many were tried."""
    # Longer than the slowest round, so that a claim ends early only where its process has died.
    lease = timedelta(seconds=BATCH * (settings.mail_timeout_seconds + smtp.QUIT_SECONDS + MARGIN_SECONDS))
    async with sessions.session() as session, session.begin():
        claimed = await repository.claim_due(session, at=now(), until=now() + lease, limit=BATCH)
    for mail in claimed:
        await _send(sessions, settings, mail)
    return len(claimed)


async def forget(sessions: Sessions, settings: Settings, *, at: datetime) -> None:
    """Delete what became of old letters, and the addresses of links that have ended before they could be sent."""
    async with sessions.session() as session, session.begin():
        await repository.cancel_links(session, before=at - timedelta(hours=settings.subject_access_hours), at=at)
        await repository.forget(session, before=at - timedelta(days=KEPT_DAYS))


async def _send(sessions: Sessions, settings: Settings, mail: OutgoingMail) -> None:
    state, error, again_at = await _try(sessions, settings, mail)
    async with sessions.session() as session, session.begin():
        if again_at is not None:
            await repository.postpone(session, mail.id, until=again_at, error=error or "")
        else:
            await repository.finish(session, mail.id, state, at=now(), error=error)
    log.info("letter", id=str(mail.id), state="postponed" if again_at else state, error=error)


async def _try(
    sessions: Sessions, settings: Settings, mail: OutgoingMail
) -> tuple[MailState, str | None, datetime | None]:
    """What became of it: its state, an error's name, and when to try again, if at all."""
    try:
        message = await _written(sessions, settings, mail)
        if message is None:
            return MailState.CANCELLED, None, None
        await smtp.send(settings, message)
    except Exception as error:  # noqa: BLE001 (whatever is wrong with one must not hold up the others)
        # Never the error's own text, which may repeat the address.
        name = str(smtp.code_of(error) or type(error).__name__)
        if smtp.is_final(error) or mail.attempts >= settings.mail_attempts_max:
            return MailState.PARKED, name, None
        return MailState.QUEUED, name, _again_at(settings, mail)
    return MailState.SENT, None, None


async def _written(sessions: Sessions, settings: Settings, mail: OutgoingMail) -> EmailMessage | None:
    """The letter, or None where it has nothing left to say."""
    if mail.kind == MailKind.ANSWER:
        return await _written_answer(sessions, settings, mail)
    if mail.recipient is None or links.has_ended(settings, asked_at=mail.created_at, at=now()):
        return None
    link = links.link_to(settings, mail.recipient, at=mail.created_at)
    words = wording.access_words(mail.language, link=link, hours=settings.subject_access_hours)
    return smtp.letter(settings, mail.id, to=mail.recipient, subject=words.subject, text=words.text)


async def _written_answer(sessions: Sessions, settings: Settings, mail: OutgoingMail) -> EmailMessage | None:
    assert mail.event_id is not None  # noqa: S101 (a constraint of the table)
    async with sessions.session() as session:
        answer = await repository.find_answer(session, mail.event_id)
    if answer is None or answer.words is None:
        return None
    words = wording.answer_words(
        mail.language,
        receipt=answer.receipt,
        words=None if answer.is_sensitive else answer.words,
        link=f"{settings.public_feedback_base_url}/form/receipts/{answer.receipt}",
    )
    return smtp.letter(settings, mail.id, to=answer.email, subject=words.subject, text=words.text)


def _again_at(settings: Settings, mail: OutgoingMail) -> datetime:
    doublings = min(mail.attempts - 1, 32)
    seconds = min(settings.mail_poll_seconds * 2**doublings, settings.mail_retry_max_seconds)
    return now() + timedelta(seconds=seconds)
