"""The languages the figures and the review are served in."""

from enum import StrEnum


class Language(StrEnum):
    """The review's three languages; Finnish first, as every label has it."""

    FI = "fi"
    SV = "sv"
    EN = "en"
