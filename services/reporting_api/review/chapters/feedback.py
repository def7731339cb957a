"""The feedback system: how much came, what is left out and why, by type and topic, how fast it was handled."""

from services.reporting_api.periods.schemas import Entry, QuarterFigure, QuarterReport, Times
from services.reporting_api.review.chapters.changes import break_phrases, change_phrases
from services.reporting_api.review.facts import Source
from services.reporting_api.review.phrases import Name, Phrase
from services.reporting_api.review.ranking import ranked
from services.shared.periods import Period, PeriodKind, parse_period

TOPICS_TOLD = 5
"""Topics named in the text; the chart and the table have them all."""

ACCESSIBILITY_TYPE = "accessibility"


def feedback_phrases(report: QuarterReport) -> list[Phrase]:
    """The chapter on the feedback system."""
    section = report.feedback
    received = Source("feedback.received", section.received)
    if received.is_nought:
        return [Phrase("feedback.nothing_received", {"quarter": _quarter(report)})]
    return [
        Phrase("feedback.received", {"n": received.value, "quarter": _quarter(report)}),
        *change_phrases("feedback.last_year", received.last_year),
        *_left_out(report),
        *_times(section.handling_time),
        *_on_target(report),
        *_open(report),
        *_types(section.by_type),
    ]


def topic_phrases(report: QuarterReport) -> list[Phrase]:
    """The chapter on topics: the most common ones, those without a topic apart."""
    classified = [entry for entry in report.feedback.by_topic if entry.code is not None]
    told = _most(classified, TOPICS_TOLD)
    if not told:
        return [Phrase("topics.none")] if report.feedback.counted.value else []
    topics = [
        Phrase("topics.one", {"topic": Name(entry.labels), "n": _number("by_topic", entry).value}) for entry in told
    ]
    rest = [entry for entry in report.feedback.by_topic if entry.code is None and entry.number.value]
    return [
        Phrase("topics.most" if len(topics) > 1 else "topics.only", {"topics": topics}),
        *(Phrase("topics.unclassified", {"n": _number("by_topic", entry).value}) for entry in rest),
    ]


def accessibility_phrases(report: QuarterReport) -> list[Phrase]:
    """The chapter on digital accessibility: how much feedback came on it."""
    entry = next((it for it in report.feedback.by_type if it.code == ACCESSIBILITY_TYPE), None)
    if entry is None or entry.number.value is None:
        return []
    number = _number("by_type", entry)
    if number.is_nought:
        return [Phrase("accessibility.none")]
    return [
        Phrase("accessibility.received", {"n": number.value}),
        *change_phrases("accessibility.last_year", number.last_year),
    ]


def theme_phrases(report: QuarterReport) -> list[Phrase]:
    """The chapter on themes: how much feedback each had, and of which types most."""
    phrases: list[Phrase] = []
    for theme in report.themes:
        number = Source(f"themes.{theme.code}.number", theme.number)
        if not number.is_shown or number.is_nought:
            continue
        phrases.append(Phrase("themes.received", {"theme": Name(theme.labels), "n": number.value}))
        told = _most(theme.by_type, len(theme.by_type))
        if told:
            types = [_share_of_type(f"themes.{theme.code}.by_type", entry) for entry in told]
            phrases.append(Phrase("themes.types", {"types": types}))
        if any(Source("", entry.share).is_suppressed for entry in theme.by_type):
            phrases.append(Phrase("suppressed.some"))
    return phrases


def _quarter(report: QuarterReport) -> Period:
    return parse_period(PeriodKind.QUARTER, report.period.label)


def _left_out(report: QuarterReport) -> list[Phrase]:
    section = report.feedback
    transferred = Source("feedback.transferred_out", section.transferred_out)
    inappropriate = Source("feedback.inappropriate", section.inappropriate)
    counted = Source("feedback.counted", section.counted)
    if transferred.is_nought and inappropriate.is_nought:
        return []
    return [
        Phrase(
            "feedback.left_out",
            {"transferred": transferred.value, "inappropriate": inappropriate.value, "n": counted.value},
        )
    ]


def _times(times: Times[QuarterFigure]) -> list[Phrase]:
    mean = Source("feedback.handling_time.mean", times.mean)
    median = Source("feedback.handling_time.median", times.median)
    if not (mean.is_shown and median.is_shown):
        return []
    return [Phrase("feedback.handling_time", {"mean": mean.value, "median": median.value})]


def _on_target(report: QuarterReport) -> list[Phrase]:
    share = Source("feedback.on_target.share", report.feedback.on_target.share)
    if not share.is_shown:
        return []
    days = share.target_days(report.feedback.on_target.target_days)
    breaks = break_phrases(share.last_year)
    if days is None:
        return [Phrase("feedback.on_target", {"share": share.value, "base": share.base}), *breaks]
    return [Phrase("feedback.on_target_days", {"share": share.value, "base": share.base, "days": days}), *breaks]


def _open(report: QuarterReport) -> list[Phrase]:
    still_open = Source("feedback.open", report.feedback.open)
    return [] if still_open.is_nought else [Phrase("feedback.open", {"n": still_open.value})]


def _types(by_type: list[Entry[QuarterFigure]]) -> list[Phrase]:
    told = _most(by_type, len(by_type))
    return (
        [Phrase("feedback.types", {"types": [_share_of_type("feedback.by_type", it) for it in told]})] if told else []
    )


def _share_of_type(place: str, entry: Entry[QuarterFigure]) -> Phrase:
    number, share = (
        Source(f"{place}.{entry.code}.number", entry.number),
        Source(f"{place}.{entry.code}.share", entry.share),
    )
    return Phrase(
        "types.one", {"type": Name(entry.labels, is_common=True), "number": number.value, "share": share.value}
    )


def _most(entries: list[Entry[QuarterFigure]], number: int) -> list[Entry[QuarterFigure]]:
    return ranked([entry for entry in entries if entry.share.value is not None])[:number]


def _number(section: str, entry: Entry[QuarterFigure]) -> Source:
    return Source(f"feedback.{section}.{entry.code}.number", entry.number)
