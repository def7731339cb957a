"""Means tell how answers lie: with their intervals, and near an end of the scale without them, persons are told."""

import random
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

import pytest

from services.reporting_api.disclosure.counts import family_of_survey
from services.reporting_api.disclosure.opinions import Opinions, counts_by_family
from services.reporting_api.disclosure.patterns import SHOWN, Pattern, pattern_of_city
from services.reporting_api.disclosure.policy import IN_FORCE
from services.reporting_api.measures import registry
from services.reporting_api.measures.figures import Comparability, Compared, build_figure
from services.reporting_api.measures.scales import SCORES
from services.reporting_api.measures.tallies import MeanTally, RecommendationTally, mean_of_scores, recommendation_of
from services.reporting_api.periods.aggregates import Question, SurveyDefinition
from services.shared.periods import PeriodKind, parse_period
from services.shared.tables.surveys import QuestionKind, QuestionPurpose, SurveyKind
from tests.reporting_api.attack.collect import Said
from tests.reporting_api.attack.means import spread_of
from tests.reporting_api.attack.solver import Attacker, Finding, finding_of

STEPS = 5
MEASURES = {
    QuestionKind.GRADE: registry.GRADE,
    QuestionKind.SCALE: registry.SCALE_MEAN,
    QuestionKind.NPS: registry.NPS,
}
VALUES = {
    QuestionKind.GRADE: range(4, 11),
    QuestionKind.SCALE: range(0, 101, 25),
    QuestionKind.NPS: range(11),
}
ANSWERED = (10, 12, 15, 20, 30, 50, 100)


def invent(seed: int, kind: QuestionKind) -> Counter[int]:
    """Answers of a few to a hundred, most of them pleased, some very."""
    dice = random.Random(seed)
    values = VALUES[kind]
    weights = [dice.choice((1.2, 2, 4, 8)) ** place for place in range(len(values))]
    return Counter(dice.choices(values, weights, k=dice.choice(ANSWERED)))


def pattern_of(kind: QuestionKind, histogram: Mapping[int, int]) -> Pattern:
    """What the rules hide of the whole city's quarter."""
    question = Question(
        "q", kind, QuestionPurpose.OTHER, {"fi": "q"}, scale_steps=frozenset({STEPS} if kind == "scale" else ())
    )
    survey = SurveyDefinition("s", SurveyKind.QUESTIONNAIRE, {"fi": "s"}, "top", False, True, False, (question,))
    counts = counts_by_family(Opinions(answers={("s", "q", "top"): histogram}), [survey])
    return pattern_of_city(counts[family_of_survey("s")]["top"], IN_FORCE)


def attack(kind: QuestionKind, histogram: Mapping[int, int], pattern: Pattern) -> list[Finding]:
    """The numbers of answers that are known to be small from what is shown of the mean."""
    if pattern.of_figure("q"):
        return []
    attacker, measure, number = Attacker(), MEASURES[kind], sum(histogram.values())
    tally: RecommendationTally | MeanTally
    if kind is QuestionKind.NPS:
        scores = {value: 100.0 if value >= 9 else 0.0 if value >= 7 else -100.0 for value in VALUES[kind]}
        tally = recommendation_of(histogram, number)
    else:
        scores = {value: float(value) for value in VALUES[kind]}
        exact: Mapping[int, Fraction] = SCORES[kind]
        tally = mean_of_scores(histogram, exact, number)
    figure = build_figure(measure, Compared(tally, tally, tally), Comparability(is_complete=True))
    assert figure.value is not None
    half_a_step = 10.0**-measure.decimals / 2
    attacker.learn(scores, number)
    attacker.learn_weighted(
        dict(scores.items()),
        (figure.value - half_a_step) * number,
        (figure.value + half_a_step) * number,
    )
    if "q" not in pattern.intervals:
        period = parse_period(PeriodKind.QUARTER, "2019-Q2")
        said = Said(
            "", (), measure.slug, frozenset(), period, figure.value, number, number, figure.interval, is_hidden=False
        )
        squares = {value: score * score for value, score in scores.items()}
        least, most = spread_of(said, {str(value): score for value, score in scores.items()})
        attacker.learn_weighted(dict(squares.items()), least, most)
    small = [(group, sum(histogram.get(value, 0) for value in group)) for group in _groups(kind)]
    return [
        finding
        for group, truth in small
        if 0 < truth < IN_FORCE.minimum_cell
        and (finding := finding_of(attacker, f"{histogram} {group}", group, truth, IN_FORCE))
    ]


def _groups(kind: QuestionKind) -> list[list[int]]:
    alone = [[value] for value in VALUES[kind]]
    return [*alone, [9, 10], [7, 8], list(range(7))] if kind is QuestionKind.NPS else alone


@pytest.mark.parametrize("kind", MEASURES)
def test_no_answer_is_told_by_a_mean_and_its_interval(kind: QuestionKind) -> None:
    histograms = [invent(seed, kind) for seed in range(60)]
    patterns = [pattern_of(kind, histogram) for histogram in histograms]

    found = [attack(kind, *one) for one in zip(histograms, patterns, strict=True)]
    unguarded = [attack(kind, histogram, SHOWN) for histogram in histograms]

    assert [findings for findings in found if findings] == []
    assert sum(bool(findings) for findings in unguarded) >= 5
    assert any(pattern.of_figure("q") is None and not pattern.intervals for pattern in patterns), "nothing is shown"


def test_one_unhappy_person_of_a_dozen_is_not_told_by_the_recommendation_score() -> None:
    assert pattern_of(QuestionKind.NPS, {10: 6, 8: 5, 3: 1}).of_figure("q")


def test_one_grade_below_the_best_is_not_told_by_the_mean() -> None:
    assert pattern_of(QuestionKind.GRADE, {10: 11, 9: 1}).of_figure("q")
    assert pattern_of(QuestionKind.GRADE, {10: 8, 9: 5}).intervals == {"q"}
    assert pattern_of(QuestionKind.GRADE, {10: 31, 9: 30}) == SHOWN
