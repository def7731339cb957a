"""The figures' own aggregates under the names that the closing statements use."""

from collections.abc import Iterable, Iterator, Mapping

from services.reporting_api.measures.scales import FULL_SCALE, SCORES, SMILEYS
from services.reporting_api.periods.aggregates import (
    FeedbackAggregate,
    OmbudsmanAggregate,
    ParticipationAggregate,
    PeriodAggregate,
    Question,
    SurveyDefinition,
)
from services.shared.catalogue import Catalogue
from services.shared.tables.participation import InitiativeStatus, PanelKind, ProposalStatus
from services.shared.tables.surveys import MISUSE_QUESTION, RESPONDENTS_VALUE, RESPONSE_VALUE, QuestionKind

Numbers = Mapping[str, int]

_HIGHEST_NPS = 10


def feedback_numbers(aggregate: PeriodAggregate, catalogue: Catalogue) -> Numbers:
    """All numbers of feedback_api's statement."""
    return dict(
        [
            *_feedback(aggregate.feedback),
            *_classes(aggregate.feedback, catalogue),
            *_ombudsman(aggregate.ombudsman, catalogue),
            *_participation(aggregate.participation, catalogue),
        ]
    )


def _feedback(feedback: FeedbackAggregate) -> Iterator[tuple[str, int]]:
    yield "feedback.received", feedback.received
    yield "feedback.kept_apart", feedback.kept_apart
    yield "feedback.counted", feedback.counted
    yield "feedback.transferred_out", feedback.transferred_out
    yield "feedback.inappropriate", feedback.inappropriate
    yield "feedback.handled", feedback.handled
    yield "feedback.open", feedback.open
    yield "feedback.reopened", feedback.reopened
    yield "feedback.reacted", feedback.reaction.n
    yield "feedback.on_target", feedback.on_target
    yield "feedback.handling_microseconds", feedback.handling.microseconds
    yield "feedback.reaction_microseconds", feedback.reaction.microseconds


def _classes(feedback: FeedbackAggregate, catalogue: Catalogue) -> Iterator[tuple[str, int]]:
    for code in catalogue.feedback_types:
        yield f"feedback.by_type.{code}", feedback.by_type.get(code, 0)
    for code in catalogue.topics:
        yield f"feedback.by_topic.{code}", feedback.by_topic.get(code, 0)
    yield "feedback.by_topic.unclassified", feedback.by_topic.get(None, 0)
    for theme in catalogue.themes:
        for code in catalogue.feedback_types:
            yield f"themes.{theme}.by_type.{code}", feedback.by_theme_and_type.get((theme, code), 0)


def _ombudsman(contacts: OmbudsmanAggregate, catalogue: Catalogue) -> Iterator[tuple[str, int]]:
    yield "ombudsman.contacts", contacts.contacts
    for code in catalogue.ombudsman_services:
        yield f"ombudsman.by_service.{code}", contacts.by_service.get(code, 0)
    yield "ombudsman.reasons_recorded", contacts.reasons_recorded
    for code in catalogue.ombudsman_reasons:
        yield f"ombudsman.by_reason.{code}", contacts.by_reason.get(code, 0)


def _participation(counted: ParticipationAggregate, catalogue: Catalogue) -> Iterator[tuple[str, int]]:
    yield "participation.social_reports", counted.social_reports
    yield "participation.participants", counted.participants
    yield "participation.proposals_answered", counted.proposals_answered
    yield "participation.initiatives_decided", counted.initiatives_decided
    for name, numbers, codes in (
        ("social_reports_by_reason", counted.by_reason, catalogue.help_reasons),
        ("social_reports_by_barrier", counted.by_barrier, catalogue.help_barriers),
        ("meetings_by_kind", counted.meetings_by_kind, PanelKind),
        ("proposals_by_status", counted.proposals_by_status, ProposalStatus),
        ("initiatives_by_status", counted.initiatives_by_status, InitiativeStatus),
    ):
        for code in codes:
            yield f"participation.{name}.{code}", numbers.get(code, 0)


def survey_numbers(aggregate: PeriodAggregate, surveys: Iterable[SurveyDefinition]) -> Numbers:
    """All numbers of survey_api's statement: of every survey, each value its questions allow, noughts too."""
    numbers: dict[str, int] = {}
    for survey in surveys:
        numbers[f"surveys.{survey.code}.responses"] = aggregate.respondents(survey.code)
        left_out = aggregate.question(survey.code, MISUSE_QUESTION).histogram
        numbers[f"surveys.{survey.code}.misuse"] = left_out.get(RESPONSE_VALUE, 0)
        numbers[f"surveys.{survey.code}.partial"] = aggregate.partial(survey.code)
        numbers[f"surveys.{survey.code}.invitations"] = sum(aggregate.invitations_by_mode(survey.code).values())
        for question in survey.questions:
            histogram = aggregate.question(survey.code, question.code).histogram
            # A value the question does not allow would be an error: it must not go unnoticed.
            for value in sorted(allowed_values(question) | set(histogram)):
                numbers[f"surveys.{survey.code}.{question.code}.{value}"] = histogram.get(value, 0)
            if question.is_follow_up:
                numbers[f"surveys.{survey.code}.{question.code}.asked"] = aggregate.asked(survey.code, question.code)
    return numbers


def allowed_values(question: Question) -> set[int]:
    """The histogram values of the question's kind, steps and options, over all its versions."""
    if question.kind is QuestionKind.SCALE:
        return {FULL_SCALE * step // (steps - 1) for steps in question.scale_steps for step in range(steps)}
    options = {option.number for option in question.options}
    if question.kind is QuestionKind.MULTIPLE_CHOICE:
        return options | {RESPONDENTS_VALUE}
    return options or _VALUES_OF_KIND[question.kind]


_VALUES_OF_KIND = {
    QuestionKind.SINGLE_CHOICE: set[int](),
    QuestionKind.SMILEY_4: set(SMILEYS[QuestionKind.SMILEY_4]),
    QuestionKind.SMILEY_5: set(SMILEYS[QuestionKind.SMILEY_5]),
    QuestionKind.YES_NO: {0, 1},
    QuestionKind.GRADE: set(SCORES[QuestionKind.GRADE]),
    QuestionKind.NPS: set(range(_HIGHEST_NPS + 1)),
    QuestionKind.TEXT: {RESPONSE_VALUE},
}
