"""The mix of ways in which a score's answers were collected, and the score standardised to an earlier mix.

The worked example, a scale of 0-100 asked on the web and on paper:

    January-March   web    60  70  80              mean 70, s² 100, 3 of 5 answers
                    paper  80  100                 mean 90, s² 200, 2 of 5            mean of all 78
    April-June      web    50  70                  mean 60, s² 200, 2 of 8
                    paper  90  90  90  100 100 100 mean 95, s²  30, 6 of 8            mean of all 86.25

Everybody's mean rose by 8.25, because more answered on paper; of those on the web it fell by 10, on paper it rose by 5.
By the mix of January-March the mean of April-June is 3/5 × 60 + 2/5 × 95 = 74: four less than 78.

The variance of the difference is (3/5)² × (200/2 + 100/3) + (2/5)² × (30/6 + 200/2) = 36 + 12 + 0.8 + 16 = 64.8, of
which Satterthwaite's degrees of freedom are 64.8² / (36²/1 + 12²/2 + 0.8²/5 + 16²/1) = 2.585. Student's t of them is
3.4916, so the interval is -4 ± 3.4916 × 8.0498.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.measures.intervals import combination_recovered, wilson
from services.reporting_api.measures.standardisation import standardise
from services.reporting_api.measures.tallies import MeanTally, ScoreTally
from services.reporting_api.periods.collection_modes import MODES, score_of
from services.shared.tables.surveys import CollectionMode, QuestionKind
from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import (
    IN_LAST_YEAR,
    IN_PREVIOUS,
    IN_QUARTER,
    Questions,
    add_answers,
    add_responses,
    add_survey,
)
from tests.reporting_api.review.conftest import draft, publish

Histogram = Mapping[int, int]
ByMode = Mapping[str, Histogram]

CHAT: Questions = {
    "satisfied": {"kind": "scale", "purpose": "satisfaction", "scale_steps": 101},
    "solved": {"kind": "yes_no", "purpose": "statement"},
}
ASKED: Questions = {
    "grade": {"kind": "grade", "purpose": "overall_grade"},
    "nps": {"kind": "nps", "purpose": "recommendation"},
}


async def add(session: AsyncSession, survey: str, question: str, answers: ByMode, on: date = IN_QUARTER) -> None:
    for mode, histogram in answers.items():
        await add_answers(session, survey, question, histogram, on=on, mode=mode)


def standardised(figure: dict[str, Any], earlier: str = "previous_quarter") -> dict[str, Any]:
    value: dict[str, Any] = figure[earlier]["standardised"]
    return value


def shares(modes: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {it["code"]: it["share"] for it in modes}


@pytest.mark.anyio
class TestWorkedExample:
    @pytest.fixture(autouse=True)
    async def answers(self, session: AsyncSession) -> None:
        await add_survey(session, "chat", "chat", CHAT)
        await add(session, "chat", "satisfied", {"web": {60: 1, 70: 1, 80: 1}, "paper": {80: 1, 100: 1}}, IN_PREVIOUS)
        await add(session, "chat", "satisfied", {"web": {50: 1, 70: 1}, "paper": {90: 3, 100: 3}})

    async def test_the_standardised_difference_stands_beside_the_bare_one(self, read: Read) -> None:
        satisfaction = (await read())["chats"][0]["satisfaction"]

        previous = satisfaction["previous_quarter"]
        assert (satisfaction["value"], previous["value"]) == (86.3, 78.0)
        assert (previous["difference"], previous["reason"]) == (None, "collection_mode_changed")
        assert previous["standardised"] == {
            "value": 74.0,
            "difference": -4.0,
            "difference_interval": [-32.1, 24.1],
            "change": "no_clear_change",
            "reason": None,
        }
        assert standardised(satisfaction, "same_quarter_last_year") is None

    async def test_the_mix_stands_beside_the_scores(self, read: Read) -> None:
        [asked] = (await read())["chats"][0]["collection_modes"]

        assert (asked["code"], [it["code"] for it in asked["modes"]]) == ("satisfied", ["web", "paper"])
        assert asked["modes"][1]["labels"] == {"fi": "Paperi", "sv": "Papper", "en": "Paper"}
        paper = shares(asked["modes"])["paper"]
        assert (paper["measure"], paper["value"], paper["count"], paper["base"]) == (
            "collection_mode_share",
            75.0,
            6,
            8,
        )
        assert (paper["previous_quarter"]["count"], paper["previous_quarter"]["base"]) == (2, 5)
        assert paper["previous_quarter"]["difference"] == 35.0

    async def test_a_way_of_then_without_answers_now(self, read: Read, session: AsyncSession) -> None:
        await add(session, "chat", "satisfied", {"web": {50: 9}, "email": {70: 1}}, IN_LAST_YEAR)

        satisfaction = (await read())["chats"][0]["satisfaction"]

        assert standardised(satisfaction, "same_quarter_last_year") == {
            "value": None,
            "difference": None,
            "difference_interval": None,
            "change": "not_comparable",
            "reason": "mode_without_answers",
        }
        assert standardised(satisfaction)["value"] == 74.0

    async def test_presses_on_a_device_are_standardised_and_not_tested(self, read: Read, session: AsyncSession) -> None:
        await add(session, "chat", "satisfied", {"device": {0: 2, 100: 2}})
        await add(session, "chat", "satisfied", {"device": {0: 5, 100: 5}}, IN_PREVIOUS)

        value = standardised((await read())["chats"][0]["satisfaction"])

        # 3/15 × 60 + 2/15 × 95 + 10/15 × 50 = 58 less 59.33
        assert (value["value"], value["difference"], value["difference_interval"]) == (58.0, -1.3, None)
        assert (value["change"], value["reason"]) == ("not_comparable", "device_presses")

    async def test_a_period_that_is_not_over_has_none(self, read: Read, session: AsyncSession) -> None:
        today = datetime.now(tz=UTC).date()
        await add(session, "chat", "satisfied", {"web": {50: 3}}, today)
        quarter = f"{today.year}-Q{(today.month + 2) // 3}"

        assert standardised((await read(f"/v1/quarters/{quarter}"))["chats"][0]["satisfaction"]) is None


@pytest.mark.anyio
async def test_every_score_against_a_recount_from_the_rows(read: Read, session: AsyncSession) -> None:
    """Value and difference of each score, from sums over the rows by a way of counting of the test's own."""
    await add_survey(session, "chat", "chat", CHAT)
    await add_survey(session, "asked", "questionnaire", ASKED)
    then: dict[tuple[str, str], ByMode] = {
        ("chat", "satisfied"): {"web": {20: 7, 55: 9, 90: 8}, "paper": {40: 5, 80: 11}, "sms": {0: 3, 33: 4}},
        ("chat", "solved"): {"web": {1: 30, 0: 11}, "paper": {1: 9, 0: 13}},
        ("asked", "grade"): {"web": {5: 2, 8: 9, 10: 4}, "qr": {4: 3, 7: 8}},
        ("asked", "nps"): {"web": {2: 5, 7: 4, 9: 9}, "link": {0: 6, 8: 3, 10: 8}},
    }
    now: dict[tuple[str, str], ByMode] = {
        ("chat", "satisfied"): {"web": {25: 3, 90: 4}, "paper": {40: 15, 81: 21}, "sms": {10: 9, 66: 2}, "qr": {1: 9}},
        ("chat", "solved"): {"web": {1: 13, 0: 10}, "paper": {1: 39, 0: 23}},
        ("asked", "grade"): {"web": {6: 12, 9: 3}, "qr": {5: 13, 10: 28}},
        ("asked", "nps"): {"web": {3: 2, 6: 3, 10: 2}, "link": {1: 16, 7: 9, 9: 11}},
    }
    for answers, day in ((then, IN_PREVIOUS), (now, IN_QUARTER)):
        for (survey, question), by_mode in answers.items():
            await add(session, survey, question, by_mode, day)

    report = await read()

    chat, asked = report["chats"][0], {it["code"]: it["figure"] for it in report["surveys"][0]["questions"]}
    figures = {"satisfied": chat["satisfaction"], "solved": chat["statements"][0]["share"], **asked}
    for question, (value, difference) in (await recount(session)).items():
        said = standardised(figures[question])
        half = 0.005 if question == "grade" else 0.05
        assert abs(said["value"] - value) <= half + 1e-9, question
        assert abs(said["difference"] - difference) <= half + 1e-9, question
        lower, upper = said["difference_interval"]
        assert lower < said["difference"] < upper


async def recount(session: AsyncSession) -> dict[str, tuple[float, float]]:
    """The standardised value and difference of each question."""
    worth: Mapping[str, Callable[[int], float]] = {
        "satisfied": float,
        "solved": lambda answer: 100.0 * answer,
        "grade": float,
        "nps": lambda answer: 100.0 if answer >= 9 else -100.0 if answer <= 6 else 0.0,
    }
    rows = await session.execute(
        text(
            "SELECT question_code, collection_mode, given_on, value, count FROM answer_histogram"
            " WHERE NOT question_code LIKE '\\_%'"
        )
    )
    answers: dict[str, dict[date, dict[str, list[float]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for question, mode, day, value, count in rows:
        answers[question][day][mode] += [worth[question](value)] * count
    found = {}
    for question, by_day in answers.items():
        then, now = by_day[IN_PREVIOUS], by_day[IN_QUARTER]
        everybody = [score for scores in then.values() for score in scores]
        # Everyone who answered then, each replaced by the mean of those who answer in the same way now.
        replaced = [sum(now[mode]) / len(now[mode]) for mode, scores in then.items() for _ in scores]
        value = sum(replaced) / len(replaced)
        found[question] = (value, value - sum(everybody) / len(everybody))
    return found


KINDS = {QuestionKind.YES_NO: (0, 1), QuestionKind.NPS: tuple(range(11)), QuestionKind.GRADE: tuple(range(4, 11))}


@st.composite
def with_one_mix(draw: st.DrawFn) -> tuple[QuestionKind, ByMode, ByMode]:
    """A kind of question, and answers to it in two periods of which each way has the same share in both."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    value = st.sampled_from(KINDS[kind])
    then, now = {}, {}
    for mode in draw(st.lists(st.sampled_from(sorted(MODES)), min_size=1, max_size=4, unique=True)):
        numbers = draw(st.lists(value, min_size=1, max_size=8))
        then[mode] = _histogram(numbers)
        now[mode] = _histogram(draw(st.lists(value, min_size=3 * len(numbers), max_size=3 * len(numbers))))
    return kind, then, now


def _histogram(values: list[int]) -> dict[int, int]:
    return {value: values.count(value) for value in values}


def scores(kind: QuestionKind, answers: ByMode) -> dict[str, ScoreTally]:
    return {mode: score_of(kind, histogram, sum(histogram.values())) for mode, histogram in answers.items()}


def together(kind: QuestionKind, answers: ByMode) -> Fraction | None:
    whole: dict[int, int] = defaultdict(int)
    for histogram in answers.values():
        for value, number in histogram.items():
            whole[value] += number
    return score_of(kind, whole, sum(whole.values())).value


@given(with_one_mix())
def test_with_one_mix_it_is_the_plain_value(case: tuple[QuestionKind, ByMode, ByMode]) -> None:
    kind, then, now = case
    number = sum(sum(histogram.values()) for histogram in then.values())
    weights = {mode: Fraction(sum(histogram.values()), number) for mode, histogram in then.items()}

    found = standardise(scores(kind, now), scores(kind, then), weights)

    plain, earlier = together(kind, now), together(kind, then)
    assert found is not None
    assert plain is not None
    assert earlier is not None
    assert (found.value, found.difference) == (plain, plain - earlier)


class TestIntervals:
    def test_of_one_way_it_is_that_of_the_plain_difference(self) -> None:
        # Newcombe (1998), table II, method 10: 56/70 and 48/80.
        now, then = (score_of(QuestionKind.YES_NO, {1: yes, 0: no}, 80) for yes, no in ((56, 14), (48, 32)))

        found = standardise({"web": now}, {"web": then}, {"web": Fraction(1)})

        assert found is not None
        assert found.interval == pytest.approx((5.24, 33.39), abs=0.005)

    def test_shares_of_ways_are_recovered_from_wilsons(self) -> None:
        # By hand: 0.5 × (20/40) + 0.5 × (10/40), each limit as far as its root of squares.
        first, second = wilson(20, 40), wilson(10, 40)
        assert first is not None
        assert second is not None
        down = ((0.5 * (0.5 - first[0])) ** 2 + (0.5 * (0.25 - second[0])) ** 2) ** 0.5

        found = combination_recovered([(0.5, 0.5, first), (0.5, 0.25, second)])

        assert found is not None
        assert found[0] == pytest.approx(0.375 - down)

    def test_answers_of_a_way_that_are_all_alike_tell_no_change(self) -> None:
        alike: dict[str, MeanTally] = {}
        varied: dict[str, MeanTally] = {}
        for mode, histogram in (("web", {8: 5}), ("paper", {7: 3, 9: 4})):
            tally = score_of(QuestionKind.GRADE, histogram, 10)
            assert isinstance(tally, MeanTally)
            alike[mode] = varied[mode] = tally
        varied["web"] = alike["paper"]
        weights = {"web": Fraction(1, 2), "paper": Fraction(1, 2)}

        without, found = standardise(alike, varied, weights), standardise(varied, varied, weights)

        assert without is not None
        assert without.interval is None
        assert found is not None
        assert found.interval is not None


def test_every_way_has_a_name() -> None:
    assert set(MODES) == set(CollectionMode)
    assert all(set(labels) == {"fi", "sv", "en"} for labels in MODES.values())


@pytest.mark.anyio
class TestForThePublic:
    """A grade by 30 on the web and 12 on paper, before by 20 and 10."""

    @pytest.fixture(autouse=True)
    async def answers(self, session: AsyncSession) -> None:
        await add_survey(session, "asked", "questionnaire", {"grade": ASKED["grade"]})
        await self.answered(session, IN_QUARTER, web={7: 15, 9: 15}, paper={6: 6, 8: 6})
        await self.answered(session, IN_PREVIOUS, web={7: 10, 9: 10}, paper={6: 5, 8: 5})

    async def answered(self, session: AsyncSession, on: date, **by_mode: Histogram) -> None:
        await add(session, "asked", "grade", by_mode, on)
        for mode, histogram in by_mode.items():
            await add_responses(session, "asked", sum(histogram.values()), on=on, mode=mode)

    async def ask(self, read: Read, path: str = "/v1/quarters/2019-Q2", **params: str) -> tuple[Any, dict[str, Any]]:
        """What is standardised of the grade, and the mix."""
        [survey] = (await read(path, **params))["surveys"]
        [modes] = survey["collection_modes"]
        figure = survey["questions"][0]["figure"]
        return next(figure[name] for name in figure if name.startswith("previous")), shares(modes["modes"])

    async def test_a_quarter_of_the_city_is_shown(self, read_publicly: Read) -> None:
        previous, mix = await self.ask(read_publicly)

        assert (mix["paper"]["count"], mix["paper"]["base"]) == (12, 42)
        # 2/3 × 8 + 1/3 × 7
        assert previous["standardised"]["value"] == 7.67

    async def test_the_table_has_what_the_report_shows(self, anyone: httpx.AsyncClient, session: AsyncSession) -> None:
        address = "/v1/quarters/2019-Q2/tables/collection-modes"
        rows = (await anyone.get(address)).json()["rows"]
        assert [(it["survey"], it["question"], it["mode"], it["count"], it["base"]) for it in rows] == [
            ("asked", "grade", "web", 30, 42),
            ("asked", "grade", "paper", 12, 42),
        ]

        await self.answered(session, IN_QUARTER, qr={8: 9})

        hidden = (await anyone.get(address)).json()["rows"]
        assert [(it["status"], it["value"], it["count"], it["base"]) for it in hidden] == [
            ("suppressed", None, None, None)
        ] * 3

    @pytest.mark.parametrize("on", [IN_QUARTER, IN_PREVIOUS])
    async def test_a_way_of_fewer_than_a_mean_needs_hides_the_mix(
        self, read_publicly: Read, read: Read, session: AsyncSession, on: date
    ) -> None:
        await self.answered(session, on, qr={8: 9})

        previous, mix = await self.ask(read_publicly)

        hidden = mix["qr" if on is IN_QUARTER else "paper"]
        if on is IN_QUARTER:
            assert {it["status"] for it in mix.values()} == {"suppressed"}
            assert {it["suppression_reason"] for it in mix.values()} == {"small_counts"}
            assert (hidden["value"], hidden["count"], hidden["base"], hidden["interval"]) == (None, None, None, None)
        else:
            assert (hidden["count"], hidden["previous_quarter"]["reason"]) == (12, "suppressed")
        assert previous["standardised"] is None
        assert (await self.ask(read))[0]["standardised"] is not None

    @pytest.mark.parametrize(
        ("path", "params"),
        [
            ("/v1/months/2019-05", {}),
            ("/v1/years/2019", {}),
            ("/v1/quarters/2019-Q2", {"unit": "oral-health"}),
        ],
    )
    async def test_no_finer_and_no_wider(self, read_publicly: Read, path: str, params: dict[str, str]) -> None:
        previous, mix = await self.ask(read_publicly, path, **params)

        assert {it["suppression_reason"] for it in mix.values()} == {"detail"}
        assert previous["standardised"] is None

    async def test_a_hidden_cell_of_the_survey_hides_the_mix(self, read_publicly: Read, session: AsyncSession) -> None:
        await add_survey(session, "other", "questionnaire", {"solved": {"kind": "yes_no"}, **ASKED})
        await add(session, "other", "grade", {"web": {7: 15, 9: 15}, "paper": {6: 6, 8: 6}})
        await add(session, "other", "solved", {"web": {1: 39, 0: 3}})

        other = next(it for it in (await read_publicly())["surveys"] if it["code"] == "other")

        reasons = {it["share"]["suppression_reason"] for it in other["collection_modes"][0]["modes"]}
        assert reasons == {"parent_hidden"}

    async def test_few_of_one_opinion_in_one_way_hide_the_mix(self, read_publicly: Read, session: AsyncSession) -> None:
        # Neither yes nor no is small, nor either way; but four on paper said no.
        await add_survey(session, "other", "questionnaire", {"solved": {"kind": "yes_no"}})
        await add(session, "other", "solved", {"web": {1: 30, 0: 20}, "paper": {1: 16, 0: 4}})

        other = next(it for it in (await read_publicly())["surveys"] if it["code"] == "other")

        reasons = {it["share"]["suppression_reason"] for it in other["collection_modes"][0]["modes"]}
        assert reasons == {"small_counts"}

    async def test_that_the_mix_is_alike_would_tell_a_small_one(
        self, read_publicly: Read, session: AsyncSession
    ) -> None:
        # In July-September twelve answered, four of them on paper: as of 42 in April-June, less than a tenth otherwise.
        await self.answered(session, date(2019, 8, 1), web={7: 4, 9: 4}, paper={8: 4})

        previous, mix = await self.ask(read_publicly, "/v1/quarters/2019-Q3")

        assert {it["status"] for it in mix.values()} == {"suppressed"}
        assert (previous["value"], previous["change"], previous["reason"]) == (None, "not_comparable", "suppressed")

    async def test_a_correction_that_moves_answers_between_ways_hides_the_mix(
        self, read_publicly: Read, app: FastAPI, session: AsyncSession
    ) -> None:
        await draft(app)
        await publish(session)
        assert (await self.ask(read_publicly))[1]["paper"]["count"] == 12
        moved = (
            "UPDATE answer_histogram SET count = count + {} WHERE collection_mode = '{}' AND given_on = '2019-05-15'"
            " AND question_code = 'grade' AND value = {}"
        )
        await session.execute(text(moved.format(-1, "web", 7)))
        await add_answers(session, "asked", "grade", {7: 1}, mode="paper")
        await self.answered(session, date(2019, 6, 3), web={8: 20})
        await draft(app, reason="Luku korjattu.")
        await publish(session)

        previous, mix = await self.ask(read_publicly)

        assert {it["suppression_reason"] for it in mix.values()} == {"revised"}
        assert previous["standardised"] is None
