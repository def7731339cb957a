"""Participation: what panels, councils and residents did, and the staff's social reports."""

from collections.abc import Sequence

from services.reporting_api.periods.schemas import Entry, QuarterFigure, QuarterReport, SocialReportSection
from services.reporting_api.review.chapters.changes import change_phrases
from services.reporting_api.review.facts import Source
from services.reporting_api.review.phrases import Name, Phrase
from services.reporting_api.review.ranking import ranked
from services.shared.periods import PeriodKind, parse_period

_PLACE = "participation"

MOST_TOLD = 3
"""Reasons and barriers named in the text; the charts and the tables have them all."""


def participation_phrases(report: QuarterReport) -> list[Phrase]:
    """The chapter on participation; nothing of registers without a record in the quarter."""
    section = report.participation
    return [
        *_meetings(report),
        *_number("proposals", section.proposals, section.proposals_by_status),
        *_number("proposals_answered", section.proposals_answered),
        *_number("initiatives", section.initiatives, section.initiatives_by_status),
        *_number("initiatives_decided", section.initiatives_decided),
        *(_social_reports(section.social_reports) if section.social_reports is not None else []),
    ]


def _meetings(report: QuarterReport) -> list[Phrase]:
    meetings = Source(f"{_PLACE}.meetings", report.participation.meetings)
    if not meetings.is_shown or meetings.is_nought:
        return []
    quarter = parse_period(PeriodKind.QUARTER, report.period.label)
    told = [Phrase("participation.meetings", {"n": meetings.value, "quarter": quarter})]
    return told + _number("participants", report.participation.participants)


def _number(name: str, figure: QuarterFigure, statuses: Sequence[Entry[QuarterFigure]] = ()) -> list[Phrase]:
    source = Source(f"{_PLACE}.{name}", figure)
    if not source.is_shown or source.is_nought:
        return []
    phrases = [Phrase(f"participation.{name}", {"n": source.value})]
    shown = [
        Phrase(
            "participation.status",
            {
                "status": Name(it.labels, is_common=True),
                "number": Source(f"{_PLACE}.{name}_by_status.{it.code}.number", it.number).value,
            },
        )
        for it in statuses
        if it.number.value
    ]
    return phrases + ([Phrase("participation.statuses", {"statuses": shown})] if shown else [])


def _social_reports(section: SocialReportSection[QuarterFigure]) -> list[Phrase]:
    reports = Source(f"{_PLACE}.social_reports.reports", section.reports)
    if not reports.is_shown or reports.is_nought:
        return []
    phrases = [
        Phrase("participation.social_reports", {"n": reports.value}),
        *change_phrases("participation.social_reports.last_year", reports.last_year),
        *_recorded("reason", section.reasons_recorded, section.by_reason),
        *_recorded("barrier", section.barriers_recorded, section.by_barrier),
    ]
    if any(Source("", it.share).is_suppressed for it in (*section.by_reason, *section.by_barrier)):
        phrases.append(Phrase("suppressed.some"))
    return phrases


def _recorded(what: str, number: QuarterFigure, entries: Sequence[Entry[QuarterFigure]]) -> list[Phrase]:
    place = f"{_PLACE}.social_reports"
    recorded = Source(f"{place}.{what}s_recorded", number)
    shown = [entry for entry in ranked(entries) if entry.share.value]
    if not recorded.is_shown or not shown:
        return []
    shares = [
        Phrase(
            "participation.share",
            {
                "name": Name(it.labels, is_common=True),
                "share": Source(f"{place}.by_{what}.{it.code}.share", it.share).value,
            },
        )
        for it in shown[:MOST_TOLD]
    ]
    return [Phrase(f"participation.{what}s", {"n": recorded.value, "shares": shares})]
