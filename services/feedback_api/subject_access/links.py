"""Signed links to a person's own data and to the files in it; they end after the setting ``subject_access_hours``."""

from datetime import datetime, timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from services.shared.settings import Settings
from services.shared.signing import signing_secret

PURPOSE = "subject access"
ATTACHMENT_PURPOSE = "subject access attachment"


def link_to(settings: Settings, email: str, *, at: datetime) -> str:
    """The address of the data held under the e-mail address."""
    return f"{settings.public_feedback_base_url}/v1/subject-access/{token_for(settings, email, at=at)}"


def has_ended(settings: Settings, *, asked_at: datetime, at: datetime) -> bool:
    """Whether the link that was asked for then no longer leads anywhere."""
    return at > asked_at + timedelta(hours=settings.subject_access_hours)


def token_for(settings: Settings, email: str, *, at: datetime) -> str:
    """The signed part of the link."""
    return _signed(settings, PURPOSE, email, at=at)


def email_of(settings: Settings, token: str, *, at: datetime) -> str | None:
    """The address that the token is for, or None where it is forged or has ended."""
    match _read(settings, PURPOSE, token, at=at):
        case str(email):
            return email
    return None


def attachment_link(settings: Settings, feedback_id: UUID, position: int, *, at: datetime) -> str:
    """The address of a file, for whoever has been shown the item it came with."""
    token = _signed(settings, ATTACHMENT_PURPOSE, [str(feedback_id), position], at=at)
    return f"{settings.public_feedback_base_url}/v1/subject-access-attachments/{token}"


def attachment_of(settings: Settings, token: str, *, at: datetime) -> tuple[UUID, int] | None:
    """The item and position of the file that the token is for, or None where it is forged or has ended."""
    match _read(settings, ATTACHMENT_PURPOSE, token, at=at):
        case [str(feedback_id), int(position)]:
            return UUID(feedback_id), position
    return None


def _signed(settings: Settings, purpose: str, subject: str | list[str | int], *, at: datetime) -> str:
    until = at + timedelta(hours=settings.subject_access_hours)
    return str(_serializer(settings, purpose).dumps([subject, int(until.timestamp())]))


def _read(settings: Settings, purpose: str, token: str, *, at: datetime) -> object:
    """What was signed for the purpose; None where it was not, or has ended."""
    try:
        subject, until = _serializer(settings, purpose).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return subject if at.timestamp() <= until else None


def _serializer(settings: Settings, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(signing_secret(settings, purpose))
