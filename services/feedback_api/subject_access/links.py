"""Signed links to a person's own data: they name the address and end after the setting ``subject_access_hours``."""

from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from services.shared.settings import Settings
from services.shared.signing import signing_secret

PURPOSE = "subject access"


def link_to(settings: Settings, email: str, *, at: datetime) -> str:
    """The address of the data held under the e-mail address."""
    return f"{settings.public_feedback_base_url}/v1/subject-access/{token_for(settings, email, at=at)}"


def has_ended(settings: Settings, *, asked_at: datetime, at: datetime) -> bool:
    """Whether the link that was asked for then no longer leads anywhere."""
    return at > asked_at + timedelta(hours=settings.subject_access_hours)


def token_for(settings: Settings, email: str, *, at: datetime) -> str:
    """The signed part of the link."""
    until = at + timedelta(hours=settings.subject_access_hours)
    return str(_serializer(settings).dumps([email, int(until.timestamp())]))


def email_of(settings: Settings, token: str, *, at: datetime) -> str | None:
    """The address that the token is for, or None where it is forged or has ended."""
    try:
        email, until = _serializer(settings).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return email if isinstance(email, str) and at.timestamp() <= until else None


def _serializer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(signing_secret(settings, PURPOSE))
