"""Sending one letter by SMTP."""

from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib

from services.shared.settings import Settings


def letter(settings: Settings, mail_id: UUID, *, to: str, subject: str, text: str) -> EmailMessage:
    """A plain letter. Its Message-ID is the row's, so that one sent twice is one to the reader's mailbox."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{mail_id}@{settings.mail_from.rpartition('@')[2].strip('<> ') or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


async def send(settings: Settings, message: EmailMessage) -> None:
    """Hand the letter to the server of ``smtp_url``; raises aiosmtplib's exceptions."""
    assert settings.smtp_url is not None  # noqa: S101 (nothing is queued without)
    server = urlsplit(settings.smtp_url.get_secret_value())
    is_tls = server.scheme == "smtps"
    await aiosmtplib.send(
        message,
        hostname=server.hostname,
        port=server.port or (465 if is_tls else 587),
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=is_tls,
        # Where the server offers it; `?starttls=required` refuses to go on without.
        start_tls=True if "starttls=required" in server.query else None,
        timeout=settings.http_timeout_seconds,
    )
