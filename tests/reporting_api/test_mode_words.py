"""Attack on hidden mixes of ways: what the words of comparisons tell of them, over every mix of two ways."""

from collections import defaultdict
from datetime import UTC, datetime

import pytest

from services.reporting_api.disclosure.modes import CountedPeriod, HiddenModes, ModePattern, mode_patterns
from services.reporting_api.disclosure.policy import PUBLIC_4
from services.reporting_api.disclosure.quarters import QuarterPatterns
from services.reporting_api.disclosure.service import PeriodPatterns, opinions_of
from services.reporting_api.measures.figures import Compared, SuppressionReason
from services.reporting_api.measures.registry import GRADE
from services.reporting_api.periods.aggregates import (
    FeedbackAggregate,
    OmbudsmanAggregate,
    ParticipationAggregate,
    PeriodAggregate,
    Question,
    QuestionAggregate,
    SurveyDefinition,
)
from services.reporting_api.periods.question_figures import QuestionFigures
from services.shared.periods import PeriodKind, parse_period
from services.shared.tables.surveys import QuestionKind, QuestionPurpose, SurveyKind

AS_OF = datetime(2020, 1, 1, tzinfo=UTC)
LATER, EARLIER = parse_period(PeriodKind.QUARTER, "2019-Q2"), parse_period(PeriodKind.QUARTER, "2019-Q1")
LAST_YEAR = parse_period(PeriodKind.QUARTER, "2018-Q2")
QUESTION = Question("grade", QuestionKind.GRADE, QuestionPurpose.OVERALL_GRADE, {"fi": "Arvosana?"})
SURVEY = SurveyDefinition("asked", SurveyKind.QUESTIONNAIRE, {"fi": "Kysely"}, "unit", False, True, False, (QUESTION,))
PLACE = ("asked", "grade")

Mix = tuple[int, int]
"""Answers on the web and on paper."""


def counted(mix: Mix) -> PeriodAggregate:
    by_mode = {
        mode: {7: number - number // 2} | ({9: number // 2} if number > 1 else {})
        for mode, number in zip(("web", "paper"), mix, strict=True)
        if number
    }
    histogram = {grade: sum(it.get(grade, 0) for it in by_mode.values()) for grade in (7, 9)}
    answers = QuestionAggregate({grade: it for grade, it in histogram.items() if it}, frozenset({1}), by_mode)
    return PeriodAggregate(
        FeedbackAggregate(), OmbudsmanAggregate(), ParticipationAggregate(), {PLACE: answers}, smileys_by_point={}
    )


def patterns_of(mixes: Compared[Mix]) -> Compared[ModePattern]:
    def known(aggregate: PeriodAggregate) -> PeriodPatterns:
        quarter = QuarterPatterns(opinions_of(aggregate), [SURVEY], PUBLIC_4, is_over=True)
        return PeriodPatterns(PeriodKind.QUARTER, [quarter])

    periods = Compared(LATER, EARLIER, LAST_YEAR)
    with_counts = periods.combine(
        mixes.map(counted), lambda period, aggregate: CountedPeriod(period, known(aggregate), aggregate)
    )
    return mode_patterns(with_counts, [SURVEY], PUBLIC_4, units=None, as_of=AS_OF)


def told(hidden: Mix, shown: Mix, *, is_hidden_later: bool) -> tuple[SuppressionReason | None, str | None]:
    """Why the one mix is hidden, and the word of the comparison with the other."""
    mixes = Compared(hidden, shown, (0, 0)) if is_hidden_later else Compared(shown, hidden, (0, 0))
    patterns = patterns_of(mixes)
    figure = QuestionFigures("asked", QUESTION, mixes.map(counted), is_complete=True).figure(GRADE)
    public = HiddenModes(patterns, PLACE, PUBLIC_4).figure(figure)
    pattern = patterns.current if is_hidden_later else patterns.previous
    return pattern.of(PLACE), public.previous.reason


@pytest.mark.parametrize("shown", [(100, 0), (90, 10), (60, 40), (50, 50), (20, 80)])
@pytest.mark.parametrize("is_hidden_later", [True, False])
def test_no_word_tells_that_few_answered_in_a_way(shown: Mix, is_hidden_later: bool) -> None:
    for number in (10, 12, 19, 20, 30, 45, 49, 50, 51, 70, 110):
        classes: dict[tuple[SuppressionReason | None, str | None], list[Mix]] = defaultdict(list)
        for paper in range(number + 1):
            mix = (number - paper, paper)
            classes[told(mix, shown, is_hidden_later=is_hidden_later)].append(mix)
        for (why, word), mixes in classes.items():
            if why is None:
                continue
            for way in (0, 1):
                possible = {mix[way] for mix in mixes}
                assert not possible <= set(range(1, 5)), (number, word, mixes)
                assert len(possible) > 1, (number, word, mixes)


def test_the_attack_finds_what_is_not_guarded() -> None:
    # Of 40 who are asked as 100 on the web before, comparable alone would say that one to four were on paper.
    without = [
        QuestionFigures("asked", QUESTION, Compared(mix, (100, 0), (0, 0)).map(counted), is_complete=True)
        .figure(GRADE)
        .previous.reason
        for mix in ((40 - paper, paper) for paper in range(1, 8))
    ]
    assert without == [None] * 4 + ["collection_mode_changed"] * 3
    assert told((37, 3), (100, 0), is_hidden_later=True) == (SuppressionReason.SMALL_COUNTS, "suppressed")
