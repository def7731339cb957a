"""The log of corrections: each version that corrects one before it, and each withdrawal, with its reason."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from services.reporting_api.editions.schemas import Correction
from services.shared.tables import Edition


def correction_log(editions: Iterable[Edition]) -> list[Correction]:
    """Those of the editions, newest first."""
    lines = [line for edition in editions for line in _lines(edition)]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _lines(edition: Edition) -> Iterator[Correction]:
    if edition.reason is not None and edition.published_at is not None:
        at = edition.embargo_until or edition.published_at
        yield _line(edition, at, edition.reason, is_withdrawal=False)
    if edition.withdrawal_reason is not None and edition.withdrawn_at is not None:
        yield _line(edition, edition.withdrawn_at, edition.withdrawal_reason, is_withdrawal=True)


def _line(edition: Edition, at: datetime, reason: str, *, is_withdrawal: bool) -> Correction:
    return Correction(
        quarter=edition.quarter, version=edition.version, at=at, reason=reason, is_withdrawal=is_withdrawal
    )
