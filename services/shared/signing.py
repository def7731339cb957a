"""Secrets for what the services sign themselves: derived, so that all processes of a deployment agree."""

import hmac
import secrets
from functools import cache, lru_cache

from services.shared.settings import Settings


def signing_secret(settings: Settings, purpose: str) -> bytes:
    """The secret for ``purpose``: of the setting ``form_secret``, else of the services' key.

    With neither set it is random and this process's own: what was signed is void after a restart or at another worker.
    """
    root = settings.form_secret or settings.service_key
    key = root.get_secret_value().encode() if root else _of_this_process()
    return _derived(key, purpose)


@lru_cache
def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, f"katsaus {purpose}".encode(), "sha256")


@cache
def _of_this_process() -> bytes:
    return secrets.token_bytes(32)
