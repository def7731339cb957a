"""What is hidden of the ways in which scores were collected.

With the mix of two periods and the standardised values, the score of each way can be solved. So they are shown as the
scores they tell: of the whole city's finished quarter, of a survey shown whole, where each way has no answers or
as many as a mean needs, and no cell of a published distribution is small in any way. Otherwise the question's mix is
hidden whole. Beside an earlier edition it is shown only where not one answer changed its way or value.

Whether two periods compare tells that their mixes are alike, or not. Where one of them is shown and the other hidden,
and so few answered that a like mix would tell a small number, the comparison is hidden too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.reporting_api.disclosure.cells import is_few
from services.reporting_api.disclosure.counts import Units, family_of_survey
from services.reporting_api.disclosure.policy import DisclosurePolicy
from services.reporting_api.disclosure.service import PeriodPatterns
from services.reporting_api.measures.figures import (
    Compared,
    Comparison,
    Figure,
    Reason,
    SuppressionReason,
    nothing_known,
)
from services.reporting_api.measures.scales import SMILEYS
from services.reporting_api.periods.aggregates import PeriodAggregate, Question, SurveyDefinition
from services.reporting_api.periods.collection_modes import MODE_MIX_TOLERANCE, SCORED
from services.shared.periods import Period, PeriodKind
from services.shared.tables.surveys import QuestionKind, SurveyKind

Place = tuple[str, str]
"""A survey and a question."""

_WITH_CELLS = frozenset({*SMILEYS, QuestionKind.YES_NO})
"""The scored kinds whose distribution is published."""


@dataclass(frozen=True, slots=True)
class Mix:
    """What is told of the ways of one score: why they are hidden, or that they are shown and whether they are many."""

    hidden: SuppressionReason | None
    is_many: bool


@dataclass(frozen=True, slots=True)
class ModePattern:
    """``whole``: why the mix of no score is shown here; ``mixes``: what is told of each in the city's report."""

    whole: SuppressionReason | None
    mixes: Mapping[Place, Mix] = field(default_factory=dict)
    aggregate: PeriodAggregate | None = None

    def of(self, place: Place) -> SuppressionReason | None:
        """Why the mix of the question is hidden; None where it is shown."""
        return self.whole or (self.mixes[place].hidden if place in self.mixes else None)

    def is_told_by(self, other: "ModePattern", place: Place, policy: DisclosurePolicy) -> bool:
        """Whether, of a hidden mix here and one that is shown there, to know that they are alike would tell few."""
        own, others = self.about(place), [mix for mix in other.about(place) if mix.hidden is None]
        if self.aggregate is None or not own or not others or any(mix.hidden is None for mix in own):
            return False
        if self.aggregate.question(*place).answers * MODE_MIX_TOLERANCE >= policy.minimum_cell:
            return False
        has_small = any(mix.hidden is SuppressionReason.SMALL_COUNTS for mix in own)
        return has_small or any(mix.is_many for mix in others)

    def about(self, place: Place) -> list[Mix]:
        """Of a score itself; of any other question, what the survey's scores tell."""
        if place in self.mixes:
            return [self.mixes[place]]
        return [mix for (survey, _), mix in self.mixes.items() if survey == place[0]]


@dataclass(frozen=True, slots=True)
class CountedPeriod:
    """A period, what is hidden of it otherwise, and what was counted in it."""

    period: Period
    patterns: PeriodPatterns
    aggregate: PeriodAggregate


def mode_patterns(
    counted: Compared[CountedPeriod],
    surveys: Sequence[SurveyDefinition],
    policy: DisclosurePolicy,
    *,
    units: Units | None,
    as_of: datetime,
) -> Compared[ModePattern]:
    """The patterns of the three periods of a report of the units, or of the whole city."""
    scores = {
        (survey.code, question.code): question
        for survey in surveys
        if survey.kind is not SurveyKind.SMILEY
        for question in survey.questions
        if question.kind in SCORED
    }
    return counted.map(lambda it: _pattern(it, scores, policy, units=units, as_of=as_of))


def _pattern(
    it: CountedPeriod,
    scores: Mapping[Place, Question],
    policy: DisclosurePolicy,
    *,
    units: Units | None,
    as_of: datetime,
) -> ModePattern:
    if it.period.kind is not PeriodKind.QUARTER:
        return ModePattern(SuppressionReason.DETAIL)
    if it.period.ends_at > as_of:
        return ModePattern(SuppressionReason.RUNNING)
    mixes = {
        place: Mix(_reason(it, place, question, policy), len(it.aggregate.question(*place).by_mode) > 1)
        for place, question in scores.items()
        if units is None or it.patterns.is_all(family_of_survey(place[0]), units)
    }
    return ModePattern(None if units is None else SuppressionReason.DETAIL, mixes, it.aggregate)


def _reason(it: CountedPeriod, place: Place, question: Question, policy: DisclosurePolicy) -> SuppressionReason | None:
    if not it.patterns.of(family_of_survey(place[0]), None).is_empty:
        return SuppressionReason.PARENT_HIDDEN
    by_mode = it.aggregate.question(*place).by_mode
    if any(before.get(place, {}) != by_mode for before in it.patterns.modes_before):
        return SuppressionReason.REVISED
    is_shown = all(_is_safe(histogram, question.kind, policy) for histogram in by_mode.values())
    return None if is_shown else SuppressionReason.SMALL_COUNTS


def _is_safe(histogram: Mapping[int, int], kind: QuestionKind, policy: DisclosurePolicy) -> bool:
    """Of the answers of one way."""
    if kind in _WITH_CELLS and any(is_few(number, policy.minimum_cell) for number in histogram.values()):
        return False
    return kind is QuestionKind.YES_NO or sum(histogram.values()) >= policy.minimum_mean_base


@dataclass(frozen=True, slots=True)
class HiddenModes:
    """What is hidden of the ways of one question in the three periods of a report."""

    patterns: Compared[ModePattern]
    place: Place
    policy: DisclosurePolicy

    @property
    def reasons(self) -> Compared[SuppressionReason | None]:
        """Why the mix is hidden."""
        return self.patterns.map(lambda pattern: pattern.of(self.place))

    def figure(self, figure: Figure) -> Figure:
        """A figure of the question without what would tell more of the mix than is shown of it."""
        return replace(
            figure,
            previous=self._comparison(figure.previous, self.patterns.previous),
            last_year=self._comparison(figure.last_year, self.patterns.last_year),
        )

    def _comparison(self, comparison: Comparison, earlier: ModePattern) -> Comparison:
        current, place = self.patterns.current, self.place
        if current.is_told_by(earlier, place, self.policy) or earlier.is_told_by(current, place, self.policy):
            return comparison if comparison.value is None else nothing_known(Reason.SUPPRESSED)
        is_hidden = current.of(place) is not None or earlier.of(place) is not None
        return replace(comparison, standardised=None) if is_hidden else comparison
