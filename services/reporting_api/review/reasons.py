"""Reasons of corrections and withdrawals in the reader's language, or in Finnish and said to be so."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.reporting_api.editions.schemas import Correction
from services.reporting_api.language import Language
from services.reporting_api.review.days import write_day
from services.reporting_api.review.phrases import words_of
from services.shared.tables import Edition

_PLACE = "\0"


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A line that ends in a reason; ``note`` says the reason's language where it is another than the line's."""

    lead: str
    reason: str
    language: Language
    note: str | None

    def __str__(self) -> str:
        return " ".join([f"{self.lead}{self.reason}", *([self.note] if self.note else [])])


def correction_of(edition: Edition, language: Language) -> ReasonLine | None:
    """What the edition corrects; None of a quarter's first."""
    if edition.reason is None:
        return None
    return reason_line("corrected", language, edition.reason, edition.reason_translations)


def withdrawal_of(edition: Edition, key: str, language: Language) -> ReasonLine | None:
    """Why the edition is withdrawn, said by the words of ``key``; None where it is not."""
    if edition.withdrawal_reason is None:
        return None
    return reason_line(key, language, edition.withdrawal_reason, edition.withdrawal_reason_translations)


def line_of(line: Correction, language: Language) -> ReasonLine:
    """A line of the log of corrections."""
    return reason_line(
        "withdrawal_line" if line.is_withdrawal else "correction_line",
        language,
        line.reason,
        line.reason_translations,
        version=line.version,
        day=write_day(line.at, language),
    )


def reason_line(
    key: str, language: Language, reason: str, translations: Mapping[str, str], **parts: object
) -> ReasonLine:
    """The line ``key`` of the review's words, with ``parts`` and the reason in their places."""
    words = words_of(language)["review"]
    lead = words[key].format(reason=_PLACE, **parts).removesuffix(_PLACE)
    if language is Language.FI:
        return ReasonLine(lead, reason, language, None)
    translated = translations.get(language)
    if translated is not None:
        return ReasonLine(lead, translated, language, None)
    return ReasonLine(lead, reason, Language.FI, words["in_finnish"])
