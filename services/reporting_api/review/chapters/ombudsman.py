"""Contacts to the ombudsmen: how many, about which services, for which reasons; each share with its own base."""

from services.reporting_api.periods.schemas import Entry, QuarterFigure, QuarterReport
from services.reporting_api.review.chapters.changes import change_phrases
from services.reporting_api.review.facts import Source
from services.reporting_api.review.phrases import Name, Phrase
from services.reporting_api.review.ranking import OTHER, ranked
from services.shared.periods import PeriodKind, parse_period


def ombudsman_phrases(report: QuarterReport) -> list[Phrase]:
    """The chapter on the ombudsmen."""
    section = report.ombudsman
    if section is None:
        return []
    contacts = Source("ombudsman.contacts", section.contacts)
    if not contacts.is_shown or contacts.is_nought:
        return [Phrase("ombudsman.none")]
    quarter = parse_period(PeriodKind.QUARTER, report.period.label)
    reasons = Source("ombudsman.reasons_recorded", section.reasons_recorded)
    phrases = [
        Phrase("ombudsman.contacts", {"n": contacts.value, "quarter": quarter}),
        *change_phrases("ombudsman.last_year", contacts.last_year),
        *_shares("ombudsman.services", "ombudsman.by_service", section.by_service),
    ]
    if reasons.is_shown and not reasons.is_nought:
        phrases.append(Phrase("ombudsman.reasons_recorded", {"n": reasons.value}))
        phrases += _shares("ombudsman.reasons", "ombudsman.by_reason", section.by_reason)
    elif reasons.is_suppressed:
        phrases.append(Phrase("suppressed.some"))
    return phrases


def _shares(key: str, place: str, entries: list[Entry[QuarterFigure]]) -> list[Phrase]:
    shown = [entry for entry in ranked(entries) if entry.share.value]
    if not shown:
        return [Phrase("suppressed.some")] if any(Source("", it.share).is_suppressed for it in entries) else []
    shares = [
        Phrase(
            "ombudsman.share",
            {
                "name": Name(entry.labels, is_common=key == "ombudsman.reasons" or entry.code == OTHER),
                "share": Source(f"{place}.{entry.code}.share", entry.share).value,
            },
        )
        for entry in shown
    ]
    is_whole = not any(Source("", it.share).is_suppressed for it in entries)
    return [Phrase(key, {"shares": shares}), *([] if is_whole else [Phrase("suppressed.some")])]
