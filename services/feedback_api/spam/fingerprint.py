"""What the same submission is known by when it comes again. Pure."""

import hmac
import unicodedata


def fingerprint_of(secret: bytes, *parts: str | None) -> str:
    """A keyed hash of the parts, the same for texts that differ only in case, spacing and spelling of letters."""
    message = "\x1f".join([_normalised(part) if part else "" for part in parts])
    return hmac.new(secret, message.encode(), "sha256").hexdigest()


def _normalised(part: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", part).casefold().split())
