"""The arithmetic: rounding, intervals against published values, tallies at their edges, and the registry."""

from fractions import Fraction

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from services.reporting_api.measures import registry
from services.reporting_api.measures.figures import (
    Change,
    Comparability,
    Compared,
    FigureStatus,
    Reason,
    build_figure,
)
from services.reporting_api.measures.intervals import (
    CONFIDENCE,
    NORMAL_QUANTILE,
    Sample,
    combination_welch,
    difference_of_counts,
    difference_recovered,
    mean_t,
    wilson,
)
from services.reporting_api.measures.registry import MEASURES
from services.reporting_api.measures.rounding import round_half_up
from services.reporting_api.measures.scales import SCORES
from services.reporting_api.measures.tallies import CountTally, ShareTally, mean_of_scores, recommendation_of
from services.shared.tables.surveys import QuestionKind


class TestRounding:
    @pytest.mark.parametrize(
        ("value", "decimals", "rounded"),
        [
            (Fraction(100, 16), 1, 6.3),
            (Fraction(-100, 16), 1, -6.3),
            (Fraction(1, 20), 1, 0.1),
            (Fraction(41250, 1000), 1, 41.3),
            (Fraction(100 * 165, 212), 1, 77.8),
            (Fraction(100 * 127, 439), 1, 28.9),
            (Fraction(1005, 1000), 2, 1.01),
            (2.675, 2, 2.68),
            (Fraction(5, 2), 0, 3),
        ],
    )
    def test_half_goes_away_from_zero(self, value: Fraction | float, decimals: int, rounded: float) -> None:
        assert round_half_up(value, decimals) == rounded

    def test_no_decimals_is_a_whole_number(self) -> None:
        assert isinstance(round_half_up(Fraction(2389), 0), int)

    def test_never_minus_zero(self) -> None:
        assert str(round_half_up(Fraction(-1, 1000), 1)) == "0.0"


class TestWilson:
    @pytest.mark.parametrize(
        ("count", "base", "lower", "upper"),
        [
            # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3.
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0000, 0.1611),
            (1, 29, 0.0061, 0.1718),
            (8000, 10000, 0.7920, 0.8077),
        ],
    )
    def test_published_values(self, count: int, base: int, lower: float, upper: float) -> None:
        interval = wilson(count, base)

        assert interval is not None
        assert interval == pytest.approx((lower, upper), abs=0.00005)

    def test_no_base_has_none(self) -> None:
        assert wilson(0, 0) is None

    @given(st.integers(1, 100_000).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
    def test_holds_the_share(self, share: tuple[int, int]) -> None:
        interval = wilson(*share)

        assert interval is not None
        assert 0 <= interval[0] <= share[0] / share[1] <= interval[1] <= 1


class TestDifferences:
    def test_newcombes_published_difference(self) -> None:
        # Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10: 56/70 and 48/80.
        interval = difference_recovered(56 / 70, wilson(56, 70), 48 / 80, wilson(48, 80))

        assert interval == pytest.approx((0.0524, 0.3339), abs=0.00005)

    def test_newcombes_published_difference_of_small_shares(self) -> None:
        # The same table: 9/10 and 3/10.
        interval = difference_recovered(9 / 10, wilson(9, 10), 3 / 10, wilson(3, 10))

        assert interval == pytest.approx((0.1705, 0.8090), abs=0.00005)

    def test_t_interval_of_ten_values(self) -> None:
        # t of 9 degrees of freedom is 2.262.
        assert mean_t(Sample(10, 50.0, 100.0)) == pytest.approx((42.846, 57.154), abs=0.001)

    def test_welch_of_equal_samples_is_students(self) -> None:
        # t of 18 degrees of freedom is 2.101; the standard error is √20.
        sample, earlier = Sample(10, 60.0, 100.0), Sample(10, 50.0, 100.0)

        assert combination_welch([(1, sample), (-1, earlier)]) == pytest.approx((0.604, 19.396), abs=0.001)

    @pytest.mark.parametrize("sample", [Sample(1, 50.0, 0.0), Sample(9, 50.0, 0.0)])
    def test_values_all_alike_have_no_interval(self, sample: Sample) -> None:
        assert mean_t(sample) is None
        assert combination_welch([(1, sample), (-1, Sample(10, 50.0, 100.0))]) is None

    def test_counts_of_the_review(self) -> None:
        lower, upper = difference_of_counts(2389, 1340)

        assert lower == pytest.approx(933, abs=1)
        assert upper == pytest.approx(1163, abs=1)

    def test_two_noughts_do_not_differ(self) -> None:
        assert difference_of_counts(0, 0) == (0.0, 0.0)


class TestTallies:
    def test_four_smileys_are_evenly_placed(self) -> None:
        tally = mean_of_scores({3: 5600, 2: 2400, 1: 900, 0: 1100}, SCORES[QuestionKind.SMILEY_4], 10_000)

        assert tally.value == 75

    def test_variance_is_the_samples(self) -> None:
        assert mean_of_scores({0: 1, 100: 1}, SCORES[QuestionKind.SCALE], 2).variance == 5000

    def test_no_values_have_no_mean(self) -> None:
        tally = mean_of_scores({}, SCORES[QuestionKind.GRADE], 5)

        assert (tally.value, tally.interval(), tally.count, tally.base) == (None, None, 0, 5)

    def test_recommendation_leaves_out_sevens_and_eights(self) -> None:
        tally = recommendation_of({10: 3, 9: 1, 8: 5, 7: 5, 6: 1, 0: 1}, 20)

        assert tally.value == Fraction(100 * 2, 16)

    def test_nobody_recommends(self) -> None:
        assert recommendation_of({}, 0).value is None


class TestFigures:
    def figure_change(self, current: ShareTally, earlier: ShareTally) -> Change:
        tallies = Compared(current, earlier, earlier)
        return build_figure(registry.YES_SHARE, tallies, Comparability(is_complete=True)).previous.change

    def test_the_word_needs_more_than_a_difference(self) -> None:
        assert self.figure_change(ShareTally(55, 100), ShareTally(50, 100)) is Change.NO_CLEAR_CHANGE
        assert self.figure_change(ShareTally(550, 1000), ShareTally(450, 1000)) is Change.ROSE
        assert self.figure_change(ShareTally(450, 1000), ShareTally(550, 1000)) is Change.FELL

    def test_an_interval_stays_within_the_scale(self) -> None:
        tally = recommendation_of({10: 9, 0: 1}, 10)
        figure = build_figure(registry.NPS, Compared(tally, tally, tally), Comparability(is_complete=True))

        assert figure.interval == (42.8, 100.0)

    def test_nothing_to_compute_from(self) -> None:
        empty, some = ShareTally(0, 0), ShareTally(1, 2)
        figure = build_figure(registry.YES_SHARE, Compared(empty, some, empty), Comparability(is_complete=True))

        assert (figure.status, figure.value) == (FigureStatus.NOT_AVAILABLE, None)
        assert (figure.previous.value, figure.previous.reason) == (50.0, Reason.NO_DATA)

    def test_nought_is_a_value(self) -> None:
        nought = CountTally(0)
        figure = build_figure(registry.RECEIVED, Compared(nought, nought, nought), Comparability(is_complete=True))

        assert (figure.status, figure.value) == (FigureStatus.FINAL, 0)
        assert figure.previous.change is Change.NO_CLEAR_CHANGE


class TestRegistry:
    def test_every_measure_is_named_in_three_languages(self) -> None:
        for measure in MEASURES.values():
            assert set(measure.names) == {"fi", "sv", "en"}
            assert all(measure.names.values())
            for texts in (measure.definition, measure.base):
                assert set(texts) == {"fi", "sv", "en"}
                assert len(set(texts.values())) == 3, f"{measure.slug} says the same in two languages"
            assert all(text.endswith(".") for text in measure.definition.values())

    def test_no_two_measures_have_one_name(self) -> None:
        for language in ("fi", "en"):
            names = [measure.names[language] for measure in MEASURES.values()]
            assert len(names) == len(set(names))

    @pytest.mark.anyio
    async def test_is_published(self, anyone: httpx.AsyncClient) -> None:
        answer = await anyone.get("/v1/measures")

        measures = {measure["slug"]: measure for measure in answer.json()["measures"]}
        assert set(measures) == set(MEASURES)
        assert measures["satisfied_share"]["interval"] == "wilson"
        again = await anyone.get("/v1/measures", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_the_normal_quantile_is_that_of_the_confidence() -> None:
    assert float(ndtri((1 + CONFIDENCE) / 2)) == NORMAL_QUANTILE
