"""The token of a form: signed when the form is opened, it tells how long it took to fill it."""

from datetime import datetime, timedelta
from enum import StrEnum

from itsdangerous import BadSignature, URLSafeSerializer

from services.shared.clock import now
from services.shared.settings import Settings
from services.shared.signing import signing_secret

PURPOSE = "form token"


class FormTokenVerdict(StrEnum):
    """What a form's token says."""

    OK = "ok"
    MISSING = "missing"
    FORGED = "forged"
    TOO_FAST = "too_fast"
    EXPIRED = "expired"


def issue(settings: Settings, *, at: datetime | None = None) -> str:
    """A token for a form that is opened now."""
    opened_at = at or now()
    return str(_serializer(settings).dumps(round(opened_at.timestamp() * 1000)))


def check(settings: Settings, token: str | None, *, at: datetime) -> FormTokenVerdict:
    """What the token that came with a submission says of it."""
    if not token:
        return FormTokenVerdict.MISSING
    try:
        opened_ms = _serializer(settings).loads(token)
    except BadSignature:
        return FormTokenVerdict.FORGED
    if not isinstance(opened_ms, int):
        return FormTokenVerdict.FORGED
    open_for = timedelta(milliseconds=at.timestamp() * 1000 - opened_ms)
    if open_for < timedelta(seconds=settings.form_min_fill_seconds):
        return FormTokenVerdict.TOO_FAST
    if open_for > timedelta(hours=settings.form_token_max_age_hours):
        return FormTokenVerdict.EXPIRED
    return FormTokenVerdict.OK


def expires_at(settings: Settings, *, issued_at: datetime) -> datetime:
    """When a token issued at the moment no longer counts."""
    return issued_at + timedelta(hours=settings.form_token_max_age_hours)


def _serializer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(signing_secret(settings, PURPOSE))
