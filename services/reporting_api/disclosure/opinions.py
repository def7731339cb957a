"""The counts of every family in one period, from what the database counted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from services.reporting_api.disclosure.counts import (
    FEEDBACK,
    OMBUDSMAN,
    SMILEYS,
    SOCIAL_REPORTS,
    Counts,
    Family,
    Key,
    Kind,
    family_of_survey,
    family_of_theme,
)
from services.reporting_api.measures import scales
from services.reporting_api.measures.tallies import recommendation_of
from services.reporting_api.periods.aggregates import Question, SurveyDefinition
from services.shared.tables.surveys import (
    RESPONDENTS_VALUE,
    RESPONSE_VALUE,
    RESPONSES_QUESTION,
    QuestionKind,
    SurveyKind,
)

Histogram = Mapping[int, int]
ByUnit = Mapping[str, Counts]

WHOLE_CITY = ""
"""Stands for the unit of counts that are not told apart by unit."""

YES, NO = "yes", "no"
_CHOSEN, _LEFT_OUT = "chosen", "left_out"


@dataclass(frozen=True, slots=True)
class Opinions:
    """What was counted in one period."""

    answers: Mapping[tuple[str, str, str], Histogram] = field(default_factory=dict)
    """By survey, question and unit."""
    themes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By theme and feedback type."""
    services: Mapping[str, int] = field(default_factory=dict)
    """Contacts to the ombudsmen."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    help_reasons: Mapping[str, int] = field(default_factory=dict)
    """Of the social reports, as the barriers."""
    help_barriers: Mapping[str, int] = field(default_factory=dict)
    feedback: Mapping[str, int] = field(default_factory=dict)
    """Counted items by unit."""


def counts_by_family(opinions: Opinions, surveys: Iterable[SurveyDefinition]) -> Mapping[Family, ByUnit]:
    """The counts by family and unit."""
    counts: dict[Family, dict[str, Counter[Key]]] = defaultdict(lambda: defaultdict(Counter))
    for family, unit, key, number in (*_of_answers(opinions, surveys), *_of_cases(opinions)):
        counts[family][unit][key] += number
    return counts


Placed = Iterator[tuple[Family, str, Key, int]]
"""A family, a unit, and how many of what there are."""


def _of_answers(opinions: Opinions, surveys: Iterable[SurveyDefinition]) -> Placed:
    questions = {
        (survey.code, question.code): (survey, question) for survey in surveys for question in survey.questions
    }
    for (survey_code, question_code, unit), histogram in opinions.answers.items():
        if question_code == RESPONSES_QUESTION:
            yield family_of_survey(survey_code), unit, Key(Kind.ANSWERS), histogram.get(RESPONSE_VALUE, 0)
            continue
        survey, question = questions[survey_code, question_code]
        if survey.kind is not SurveyKind.SMILEY:
            for key, number in _of_question(question, histogram):
                yield family_of_survey(survey_code), unit, key, number
        elif question.kind in scales.SMILEYS:
            for key, number in _of_smileys("", question.kind, histogram):
                yield SMILEYS, unit, key, number


def _of_cases(opinions: Opinions) -> Placed:
    for (theme, type_code), number in opinions.themes.items():
        yield family_of_theme(theme), WHOLE_CITY, Key(Kind.CELL, cell=type_code), number
    for family, question_code, numbers in (
        (OMBUDSMAN, "service", opinions.services),
        (OMBUDSMAN, "reason", opinions.reasons),
        (SOCIAL_REPORTS, "reason", opinions.help_reasons),
        (SOCIAL_REPORTS, "barrier", opinions.help_barriers),
    ):
        for code, number in numbers.items():
            yield family, WHOLE_CITY, Key(Kind.CELL, question_code, code), number
    for unit, number in opinions.feedback.items():
        yield FEEDBACK, unit, Key(Kind.CASES), number


def _of_question(question: Question, histogram: Histogram) -> Iterator[tuple[Key, int]]:
    code, kind = question.code, question.kind
    if kind is QuestionKind.MULTIPLE_CHOICE:
        yield from _of_options(question, histogram)
    elif kind in scales.SMILEYS:
        yield from _of_smileys(code, kind, histogram)
    elif kind is QuestionKind.NPS:
        yield from _of_recommendation(code, histogram)
    elif kind in (QuestionKind.SINGLE_CHOICE, QuestionKind.YES_NO):
        is_choice = kind is QuestionKind.SINGLE_CHOICE
        values = {option.code: option.number for option in question.options} if is_choice else {YES: 1, NO: 0}
        yield from ((Key(Kind.CELL, code, cell), histogram.get(value, 0)) for cell, value in values.items())
    elif kind is not QuestionKind.TEXT:
        yield from _of_scale(question, histogram)


def _of_options(question: Question, histogram: Histogram) -> Iterator[tuple[Key, int]]:
    """Of several that may be chosen, each is a distribution of its own."""
    respondents = histogram.get(RESPONDENTS_VALUE, 0)
    for option in question.options:
        chosen = histogram.get(option.number, 0)
        yield Key(Kind.CELL, question.code, _CHOSEN, option.code), chosen
        yield Key(Kind.CELL, question.code, _LEFT_OUT, option.code), respondents - chosen


def _of_recommendation(code: str, histogram: Histogram) -> Iterator[tuple[Key, int]]:
    """The score and its interval tell how many there are of each of the three groups."""
    tally = recommendation_of(histogram, among=0)
    for group, number in (("promoters", tally.promoters), ("detractors", tally.detractors)):
        yield Key(Kind.CELL, code, group), number
    yield Key(Kind.CELL, code, "passives"), tally.n - tally.promoters - tally.detractors
    yield Key(Kind.MEAN_BASE, code), tally.n


def _of_scale(question: Question, histogram: Histogram) -> Iterator[tuple[Key, int]]:
    code, points = question.code, scales.SCORES[question.kind]
    step = scales.FULL_SCALE / (max(question.scale_steps) - 1) if question.scale_steps else 1
    for end, bound in (("lowest", min(points)), ("highest", max(points))):
        distance = sum(abs(value - bound) * number for value, number in histogram.items())
        yield Key(Kind.STEPS, code, end), round(distance / step)
    for value, number in histogram.items():
        yield Key(Kind.VALUE, code, str(value)), number
    yield Key(Kind.MEAN_BASE, code), sum(histogram.values())


def _of_smileys(code: str, kind: QuestionKind, histogram: Histogram) -> Iterator[tuple[Key, int]]:
    for value, face in scales.SMILEYS[kind].items():
        yield Key(Kind.CELL, code, face.code), histogram.get(value, 0)
    yield Key(Kind.MEAN_BASE, code), sum(histogram.values())
