"""The figures of one question of a survey, whatever its kind."""

from collections.abc import Callable

from services.reporting_api.measures import registry
from services.reporting_api.measures.figures import Comparability, Compared, Figure, Reason, build_figure
from services.reporting_api.measures.registry import Measure
from services.reporting_api.measures.scales import SMILEYS
from services.reporting_api.measures.tallies import CountTally, ShareTally, Tally
from services.reporting_api.periods.aggregates import PeriodAggregate, Question, QuestionAggregate
from services.reporting_api.periods.collection_modes import SCORED, is_other_mix, modes_of, score_of, with_standardised
from services.reporting_api.periods.schemas import QuestionEntry, QuestionModes, ShareEntry
from services.shared.tables.base import Labels
from services.shared.tables.surveys import DEVICE_MODES, RESPONDENTS_VALUE, RESPONSE_VALUE, QuestionKind

CHOICES = (QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE)

_MEASURES = {
    QuestionKind.SCALE: registry.SCALE_MEAN,
    QuestionKind.SMILEY_4: registry.HAPPY_INDEX,
    QuestionKind.SMILEY_5: registry.HAPPY_INDEX,
    QuestionKind.GRADE: registry.GRADE,
    QuestionKind.NPS: registry.NPS,
    QuestionKind.YES_NO: registry.YES_SHARE,
    QuestionKind.TEXT: registry.COMMENTS,
}
"""The measure of a question's figure; choices have none, only shares of their options."""


class QuestionFigures:
    """Builds the figures of one question in three periods."""

    def __init__(
        self, survey: str, question: Question, periods: Compared[PeriodAggregate], *, is_complete: bool
    ) -> None:
        self._question = question
        self._answers = periods.map(lambda period: period.question(survey, question.code))
        self._asked = periods.map(
            lambda period: period.asked(survey, question.code) if question.is_follow_up else period.respondents(survey)
        )
        replaced = question.replaces
        is_replacing = periods.map(
            lambda period: replaced is not None and bool(period.question(survey, replaced).histogram)
        )
        self._comparability = comparability_of(question, self._answers, is_replacing, is_complete=is_complete)

    def entry(self, option_measure: Measure = registry.OPTION_SHARE) -> QuestionEntry[Figure]:
        """All figures of the question."""
        question = self._question
        measure = _MEASURES.get(question.kind)
        return QuestionEntry[Figure](
            code=question.code,
            labels=question.labels,
            kind=question.kind,
            purpose=question.purpose,
            base=self._base(self._answers.current),
            is_multiple_response=question.kind is QuestionKind.MULTIPLE_CHOICE,
            figure=self.figure(measure) if measure else None,
            options=[self._share(option_measure, *option) for option in self._options()],
        )

    def figure(self, measure: Measure) -> Figure:
        """The one figure of the question, as ``measure``."""
        kind = self._question.kind
        figure = build_figure(measure, self._answers.combine(self._asked, self._tally), self._comparability)
        return with_standardised(figure, measure, kind, self._answers) if kind in SCORED else figure

    def modes(self) -> QuestionModes[Figure] | None:
        """The ways in which the answers of a score came; None where there is but one."""
        return modes_of(self._question, self._answers, is_complete=self._comparability.is_complete)

    def _tally(self, answers: QuestionAggregate, asked: int) -> Tally:
        if self._question.kind is QuestionKind.TEXT:
            return CountTally(answers.histogram.get(RESPONSE_VALUE, 0), asked)
        return score_of(self._question.kind, answers.histogram, asked)

    def _options(self) -> list[tuple[int, str, Labels]]:
        if self._question.kind in SMILEYS:
            faces = SMILEYS[self._question.kind]
            return [(value, face.code, face.labels) for value, face in sorted(faces.items(), reverse=True)]
        return [(option.number, option.code, option.labels) for option in self._question.options]

    def _share(self, measure: Measure, number: int, code: str, labels: Labels) -> ShareEntry[Figure]:
        tallies = self._answers.map(lambda answers: ShareTally(answers.histogram.get(number, 0), self._base(answers)))
        return ShareEntry[Figure](code=code, labels=labels, share=build_figure(measure, tallies, self._comparability))

    def _base(self, answers: QuestionAggregate) -> int:
        if self._question.kind is QuestionKind.MULTIPLE_CHOICE:
            return answers.histogram.get(RESPONDENTS_VALUE, 0)
        return answers.answers


def comparability_of(
    question: Question,
    answers: Compared[QuestionAggregate],
    is_replacing: Compared[bool],
    *,
    is_complete: bool,
) -> Comparability:
    """What stands in the way of comparing a question's answers; ``is_replacing``: another was asked in its place."""
    obstacles = answers.combine(
        is_replacing, lambda earlier, replacing: _obstacle(question, answers.current, earlier, is_replacing=replacing)
    )
    return Comparability(is_complete, previous=obstacles.previous, last_year=obstacles.last_year)


def _obstacle(
    question: Question, current: QuestionAggregate, earlier: QuestionAggregate, *, is_replacing: bool
) -> Reason | None:
    if not earlier.histogram:
        return Reason.QUESTION_REPLACED if is_replacing else Reason.NO_DATA
    if DEVICE_MODES & (current.collection_modes | earlier.collection_modes):
        return Reason.DEVICE_PRESSES
    # The same code is the same question in every version; scales could once change within one.
    if current.versions != earlier.versions and len(question.scale_steps) > 1:
        return Reason.SURVEY_VERSION_CHANGED
    return Reason.COLLECTION_MODE_CHANGED if is_other_mix(current.differs_in_modes(earlier)) else None


def count_figure(
    measure: Measure,
    periods: Compared[PeriodAggregate],
    number: Callable[[PeriodAggregate], int],
    *,
    is_complete: bool,
    obstacle: Reason | None = None,
) -> Figure:
    """The figure of a number of responses; a period without any has no data."""
    tallies = periods.map(lambda period: CountTally(number(period)))
    return build_figure(
        measure,
        tallies,
        Comparability(
            is_complete,
            previous=obstacle if tallies.previous.number else Reason.NO_DATA,
            last_year=obstacle if tallies.last_year.number else Reason.NO_DATA,
        ),
    )
