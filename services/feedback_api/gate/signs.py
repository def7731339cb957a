"""Signs that a text is a claim and not feedback. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Matter(StrEnum):
    """A matter that is not feedback."""

    OBJECTION = "objection"
    COMPLAINT_TO_AUTHORITY = "complaint_to_authority"
    RECTIFICATION_CLAIM = "rectification_claim"
    DAMAGES_CLAIM = "damages_claim"


@dataclass(frozen=True, slots=True)
class Sign:
    """What a text looks like, and the rule that says so."""

    kind: Matter
    rule: str


def find_sign(text: str, title: str | None) -> Sign | None:
    """The first sign found."""
    return None
