"""The review in plain language (selkokieli, lättläst): a few short sentences from the same facts."""

from services.reporting_api.measures.figures import Change
from services.reporting_api.periods.schemas import QuarterReport
from services.reporting_api.review.facts import Earlier, Source
from services.reporting_api.review.phrases import Name, Phrase
from services.reporting_api.review.ranking import ranked
from services.shared.periods import PeriodKind, parse_period
from services.shared.tables.surveys import QuestionPurpose


def digest_phrases(report: QuarterReport) -> list[Phrase]:
    """What happened, one thing a sentence."""
    received = Source("feedback.received", report.feedback.received)
    quarter = parse_period(PeriodKind.QUARTER, report.period.label)
    if received.is_nought:
        written = [Phrase("digest.nothing_received", {"quarter": quarter})]
    else:
        written = [
            Phrase("digest.received", {"n": received.value, "quarter": quarter}),
            *_change(received.last_year),
            *_handling(report),
            *_topic(report),
        ]
    return [
        *written,
        *_chats(report),
        *_smileys(report),
        *_ombudsman(report),
        *_surveys(report),
    ]


def _change(earlier: Earlier) -> list[Phrase]:
    change = earlier.comparison.change
    return [] if change is Change.NOT_COMPARABLE else [Phrase(f"digest.{change}")]


def _handling(report: QuarterReport) -> list[Phrase]:
    mean = Source("feedback.handling_time.mean", report.feedback.handling_time.mean)
    return [Phrase("digest.handling_time", {"n": mean.value.plain})] if mean.is_shown else []


def _topic(report: QuarterReport) -> list[Phrase]:
    topics = [entry for entry in report.feedback.by_topic if entry.code is not None and entry.number.value]
    if not topics:
        return []
    most, *others = ranked(topics)
    if any(it.number.value == most.number.value for it in others):
        return []
    return [Phrase("digest.topic", {"topic": Name(most.labels)})]


def _chats(report: QuarterReport) -> list[Phrase]:
    told = [
        (chat, Source(f"chats.{chat.code}.satisfaction", chat.satisfaction))
        for chat in report.chats
        if chat.satisfaction
    ]
    shown = [(chat, source) for chat, source in told if source.is_shown]
    phrases = [Phrase("digest.chat", {"chat": Name(chat.labels), "mean": source.value.plain}) for chat, source in shown]
    return [Phrase("digest.chats"), *phrases] if phrases else []


def _smileys(report: QuarterReport) -> list[Phrase]:
    share = Source("smileys.satisfied_share", report.smileys.satisfied_share)
    return [Phrase("digest.smileys", {"share": share.value.plain})] if share.is_shown else []


def _ombudsman(report: QuarterReport) -> list[Phrase]:
    if report.ombudsman is None:
        return []
    contacts = Source("ombudsman.contacts", report.ombudsman.contacts)
    return [Phrase("digest.ombudsman", {"n": contacts.value})] if contacts.is_shown and not contacts.is_nought else []


def _surveys(report: QuarterReport) -> list[Phrase]:
    """The first total grade of each client survey."""
    phrases: list[Phrase] = []
    for survey in report.surveys:
        grades = [
            Source(f"surveys.{survey.code}.questions.{it.code}.figure", it.figure)
            for it in survey.questions
            if it.purpose is QuestionPurpose.OVERALL_GRADE and it.figure is not None and it.figure.value is not None
        ]
        if grades:
            phrases.append(Phrase("digest.survey", {"survey": Name(survey.labels), "grade": grades[0].value.plain}))
    return [Phrase("digest.surveys"), *phrases] if phrases else []
