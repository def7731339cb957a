"""Which language a page is shown in."""

from collections.abc import Container

DEFAULT_LANGUAGE = "fi"
"""The review's first language, which every label has."""


def language_for(named: str | None, accepted: str, known: Container[str]) -> str:
    """The page's language: the one that is named, else the first of ``accepted`` (an Accept-Language header), among
    those ``known``; else Finnish."""
    wanted = [named or "", *(part.partition(";")[0].strip() for part in accepted.split(","))]
    codes = [one.replace("_", "-").partition("-")[0].lower() for one in wanted]
    return next((code for code in codes if code in known), DEFAULT_LANGUAGE)
