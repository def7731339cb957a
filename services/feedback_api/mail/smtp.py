"""Sending one letter by SMTP."""

import asyncio
import contextlib
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

import aiosmtplib

from services.shared.settings import Settings

STARTTLS = {"required": True, "never": False}
"""What may be said with ``?starttls=``. Unsaid, TLS is used where the server offers it, and always with a password."""

QUIT_SECONDS = 2.0
"""How long a server that has taken the letter is given to say goodbye: what it says changes nothing any more."""

PERMANENT = 500
"""SMTP codes from here on mean that trying again is no use."""


class MailSettingError(RuntimeError):
    """``smtp_url`` or ``mail_from`` cannot be used. Says nothing of the value, which may hold a password."""


class UnsendableAddressError(ValueError):
    """What was given as an address cannot be written into a letter's head."""


class Server(NamedTuple):
    """Where letters are handed over, and how."""

    hostname: str
    port: int
    username: str | None
    password: str | None
    is_tls: bool
    starttls: bool | None


def server_of(settings: Settings) -> Server:
    """The server of ``smtp_url``; raises :class:`MailSettingError` where it or ``mail_from`` is not usable."""
    if "@" not in parseaddr(settings.mail_from)[1]:
        raise MailSettingError("KATSAUS_MAIL_FROM must be `Name <address>` or an address")
    try:
        parts = urlsplit(settings.smtp_url.get_secret_value() if settings.smtp_url else "")
        port, options = parts.port, dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        raise MailSettingError("KATSAUS_SMTP_URL is not an address") from None
    is_tls, starttls = parts.scheme == "smtps", options.pop("starttls", None)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise MailSettingError(
            "KATSAUS_SMTP_URL must be smtp://host:port or smtps://host:port, with user:password@ before the host"
        )
    if options or not (starttls is None or (starttls in STARTTLS and not is_tls)):
        raise MailSettingError(
            "after the ? of KATSAUS_SMTP_URL only starttls=required or starttls=never may stand, and only of smtp://"
        )
    if starttls == "never" and parts.password:
        raise MailSettingError("KATSAUS_SMTP_URL has a password, which starttls=never would send in the clear")
    if starttls is not None:
        starts_tls: bool | None = STARTTLS[starttls]
    else:
        # Never a password in the clear because somebody on the way left out the offer.
        starts_tls = False if is_tls else (True if parts.password else None)
    return Server(
        parts.hostname,
        port or (465 if is_tls else 587),
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        is_tls=is_tls,
        starttls=starts_tls,
    )


def letter(settings: Settings, mail_id: UUID, *, to: str, subject: str, text: str) -> EmailMessage:
    """A plain letter to one address; raises :class:`UnsendableAddressError`.

    Its Message-ID is the row's, so that one sent twice is one to the reader's mailbox.
    """
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = _address(to)
    message["Subject"] = subject
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{mail_id}@{parseaddr(settings.mail_from)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _address(given: str) -> Address:
    # Parsed alone, so that "a,b@x.fi" is refused and not two recipients; a domain goes out in the form DNS knows.
    name, _, domain = given.rpartition("@")
    try:
        return Address(addr_spec=f"{name}@{domain.encode('idna').decode()}")
    except (MessageError, ValueError, IndexError) as error:
        raise UnsendableAddressError from error


async def send(settings: Settings, message: EmailMessage) -> None:
    """Hand the letter to the server within ``mail_timeout_seconds``; raises aiosmtplib's exceptions."""
    server = server_of(settings)
    client = aiosmtplib.SMTP(
        hostname=server.hostname,
        port=server.port,
        username=server.username,
        password=server.password,
        use_tls=server.is_tls,
        start_tls=server.starttls,
        timeout=settings.mail_timeout_seconds,
    )
    try:
        # The library's own timeout is for each command: this one is for all of them together.
        async with asyncio.timeout(settings.mail_timeout_seconds):
            await client.connect()
            await client.send_message(message)
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await client.quit(timeout=QUIT_SECONDS)
    finally:
        client.close()


def code_of(error: Exception) -> int | None:
    """The server's code, where it gave one."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return min((refused.code for refused in error.recipients), default=None)
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None


def is_final(error: Exception) -> bool:
    """Whether the letter itself was refused for good.

    A password that is no longer right or a sender that the server does not know is refused for good too, but for the
    operator to mend: the letters wait for that.
    """
    if isinstance(error, UnsendableAddressError):
        return True
    is_of_letter = isinstance(error, aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPDataError)
    return is_of_letter and (code_of(error) or 0) >= PERMANENT
