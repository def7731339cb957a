"""Chats, smileys and client surveys: what those who answered thought."""

from services.reporting_api.periods.schemas import (
    ChatEntry,
    QuarterFigure,
    QuarterReport,
    QuestionEntry,
    ShareEntry,
    SurveyEntry,
)
from services.reporting_api.review.chapters.changes import change_phrases
from services.reporting_api.review.facts import Source
from services.reporting_api.review.phrases import Name, Part, Phrase
from services.reporting_api.review.ranking import ranked_shares
from services.shared.tables.surveys import QuestionPurpose


def chat_phrases(report: QuarterReport) -> list[Phrase]:
    """The chapter on chats, of those that were answered."""
    answered = [chat for chat in report.chats if chat.respondents.value != 0]
    return [phrase for chat in answered for phrase in one_chat(chat)] or [Phrase("chats.none")]


def one_chat(chat: ChatEntry[QuarterFigure]) -> list[Phrase]:
    """What is said of one chat: satisfaction and its change, contact topics, statements."""
    place = f"chats.{chat.code}"
    phrases: list[Phrase] = []
    if chat.satisfaction is None:
        phrases.append(Phrase("chats.satisfaction_missing", {"chat": Name(chat.labels)}))
    else:
        phrases += _satisfaction(chat, Source(f"{place}.satisfaction", chat.satisfaction))
    phrases += _response_rate("chats", chat)
    for question in chat.questions:
        phrases += _options(f"{place}.questions.{question.code}", question)
    return phrases + [_statement(place, it) for it in chat.statements if it.share.value is not None]


def smiley_phrases(report: QuarterReport) -> list[Phrase]:
    """The chapter on smileys."""
    section = report.smileys
    presses = Source("smileys.presses", section.presses)
    if not presses.is_shown or presses.is_nought:
        return [Phrase("smileys.none")]
    phrases = [Phrase("smileys.presses", {"n": presses.value})]
    satisfied, index = (
        Source("smileys.satisfied_share", section.satisfied_share),
        Source("smileys.happy_index", section.happy_index),
    )
    if satisfied.is_shown and index.is_shown:
        phrases.append(Phrase("smileys.satisfied", {"share": satisfied.value, "index": index.value}))
    else:
        phrases.append(Phrase("suppressed.too_few"))
    return [*phrases, Phrase("smileys.not_independent")]


def survey_phrases(report: QuarterReport) -> list[Phrase]:
    """The chapter on client surveys: grades and recommendation, of those that were answered."""
    phrases: list[Phrase] = []
    for survey in report.surveys:
        if survey.respondents.value == 0:
            continue
        phrases += _one_survey(survey)
    return phrases or [Phrase("surveys.none")]


def _one_survey(survey: SurveyEntry[QuarterFigure]) -> list[Phrase]:
    name = Name(survey.labels)
    scores = [phrase for question in survey.questions for phrase in _score(survey.code, name, question)]
    respondents = Source(f"surveys.{survey.code}.respondents", survey.respondents)
    if not scores:
        is_hidden = any(it.figure is not None and Source("", it.figure).is_suppressed for it in survey.questions)
        if respondents.is_suppressed or is_hidden:
            scores.append(Phrase("surveys.suppressed", {"survey": name}))
        elif respondents.is_shown:
            scores.append(Phrase("surveys.respondents", {"survey": name, "n": respondents.value}))
    return scores + _response_rate("surveys", survey)


def _response_rate(section: str, survey: ChatEntry[QuarterFigure] | SurveyEntry[QuarterFigure]) -> list[Phrase]:
    """How many of those invited responded, where it is known."""
    share = Source(f"{section}.{survey.code}.response_rate.share", survey.response_rate.share)
    if not share.is_shown:
        return []
    told: dict[str, Part] = {"invited": share.base, "responded": share.count, "share": share.value}
    if section == "surveys":
        # The paragraphs on a survey's questions stand between this one and its name.
        told["survey"] = Name(survey.labels)
    return [Phrase(f"{section}.response_rate", told)]


_SCORES = {QuestionPurpose.OVERALL_GRADE: "surveys.grade", QuestionPurpose.RECOMMENDATION: "surveys.nps"}


def _score(survey: str, name: Name, question: QuestionEntry[QuarterFigure]) -> list[Phrase]:
    key = _SCORES.get(question.purpose)
    if key is None or question.figure is None:
        return []
    source = Source(f"surveys.{survey}.questions.{question.code}.figure", question.figure)
    if not source.is_shown:
        return []
    parts: dict[str, Part] = {
        "survey": name,
        "question": Name(question.labels),
        "value": source.value,
        "n": source.count,
    }
    return [Phrase(key, parts), *change_phrases(f"{key}.change", source.previous)]


def _satisfaction(chat: ChatEntry[QuarterFigure], satisfaction: Source) -> list[Phrase]:
    name = Name(chat.labels)
    if satisfaction.is_suppressed:
        return [Phrase("chats.satisfaction_suppressed", {"chat": name})]
    if not satisfaction.is_shown:
        return [Phrase("chats.satisfaction_missing", {"chat": name})]
    told: dict[str, Part] = {"chat": name, "mean": satisfaction.value, "n": satisfaction.count}
    return [Phrase("chats.satisfaction", told), *change_phrases("chats.change", satisfaction.previous)]


def _options(place: str, question: QuestionEntry[QuarterFigure]) -> list[Phrase]:
    shown = ranked_shares(question.options)
    if not shown:
        return []
    options = [
        Phrase(
            "chats.option",
            {
                "option": Name(option.labels, is_common=True),
                "share": Source(f"{place}.options.{option.code}", option.share).value,
            },
        )
        for option in shown
    ]
    phrases = [Phrase("chats.options", {"options": options})]
    if question.is_multiple_response:
        phrases.append(Phrase("chats.multiple_response"))
    if any(Source("", option.share).is_suppressed for option in question.options):
        phrases.append(Phrase("suppressed.some"))
    return phrases


def _statement(place: str, statement: ShareEntry[QuarterFigure]) -> Phrase:
    source = Source(f"{place}.statements.{statement.code}", statement.share)
    labels = {language: label.rstrip(".") for language, label in statement.labels.items()}
    return Phrase("chats.statement", {"statement": Name(labels), "share": source.value})
