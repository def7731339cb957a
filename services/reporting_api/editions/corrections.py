"""The log of corrections: each version that corrects one before it, and each withdrawal, with its reason."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from services.reporting_api.editions.schemas import Correction
from services.shared.tables import Edition
from services.shared.tables.base import Labels


def correction_log(editions: Iterable[Edition]) -> list[Correction]:
    """Those of the editions, newest first."""
    lines = [line for edition in editions for line in _lines(edition)]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _lines(edition: Edition) -> Iterator[Correction]:
    if edition.reason is not None and edition.published_at is not None:
        at = edition.embargo_until or edition.published_at
        yield _line(edition, at, edition.reason, edition.reason_translations, is_withdrawal=False)
    if edition.withdrawal_reason is not None and edition.withdrawn_at is not None:
        translations = edition.withdrawal_reason_translations
        yield _line(edition, edition.withdrawn_at, edition.withdrawal_reason, translations, is_withdrawal=True)


def _line(edition: Edition, at: datetime, reason: str, translations: Labels, *, is_withdrawal: bool) -> Correction:
    return Correction(
        quarter=edition.quarter,
        version=edition.version,
        at=at,
        reason=reason,
        reason_translations=translations,
        is_withdrawal=is_withdrawal,
    )
