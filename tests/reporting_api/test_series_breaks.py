"""Comparisons and series over a measure that was defined anew, and over a target that was moved."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.language import Language
from services.reporting_api.measures.registry import FIRST_VERSION, MEASURES, RECEIVED, MeasureVersion
from services.reporting_api.periods.schemas import QuarterReport
from services.reporting_api.review.chapters.registry import phrases_of
from services.reporting_api.review.phrases import say
from services.reporting_api.review.typography import unbroken
from services.shared.tables.base import Labels
from services.shared.tables.editions import Chapter
from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import add_feedback

pytestmark = pytest.mark.anyio

CHANGE: Labels = {
    "fi": "Myös puhelimessa annettu palaute lasketaan.",
    "sv": "Även respons per telefon räknas.",
    "en": "Feedback by telephone is counted, too.",
}


def defined_anew(monkeypatch: pytest.MonkeyPatch, since: date) -> None:
    """Registers a second version of a measure as a release that changes its meaning does."""
    second = MeasureVersion(version=2, since=since, change=CHANGE)
    monkeypatch.setitem(MEASURES, RECEIVED.slug, replace(RECEIVED, versions=(FIRST_VERSION, second)))


async def add_in(session: AsyncSession, year: int, month: int, number: int, handled_days: float) -> None:
    at = datetime(year, month, 15, 9, tzinfo=UTC)
    for _ in range(number):
        await add_feedback(session, received_at=at, handled_days=handled_days)


def reasons(figure: dict[str, Any], kind: str = "quarter") -> tuple[str | None, str | None]:
    return figure[f"previous_{kind}"]["reason"], figure[f"same_{kind}_last_year"]["reason"]


class TestOfAMeasure:
    @pytest.fixture(autouse=True)
    async def feedback(self, session: AsyncSession) -> None:
        for year, month in ((2018, 2), (2018, 5), (2018, 8), (2018, 11), (2019, 2), (2019, 5), (2019, 8), (2019, 11)):
            await add_in(session, year, month, 3, handled_days=1)

    async def test_the_comparison_is_broken_and_the_earlier_value_kept(
        self, read: Read, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        defined_anew(monkeypatch, date(2019, 4, 1))

        feedback = (await read())["feedback"]

        assert feedback["received"]["previous_quarter"] == {
            "value": 3,
            "count": 3,
            "base": None,
            "difference": None,
            "difference_interval": None,
            "change": "not_comparable",
            "reason": "measure_changed",
            "standardised": None,
        }
        # A measure that was not defined anew compares as before.
        assert (feedback["counted"]["previous_quarter"]["difference"], *reasons(feedback["counted"])) == (0, None, None)

    @pytest.mark.parametrize(
        ("since", "quarter", "expected"),
        [
            # From the first day of a quarter: that quarter is measured by one version whole.
            (date(2019, 4, 1), "2019-Q1", (None, None)),
            (date(2019, 4, 1), "2019-Q2", ("measure_changed", "measure_changed")),
            (date(2019, 4, 1), "2019-Q3", (None, "measure_changed")),
            # From the last day of a quarter: that quarter is measured by both, and compares with neither neighbour.
            (date(2019, 6, 30), "2019-Q2", ("measure_changed", "measure_changed")),
            (date(2019, 6, 30), "2019-Q3", ("measure_changed", "measure_changed")),
            (date(2019, 6, 30), "2019-Q4", (None, "measure_changed")),
        ],
    )
    async def test_between_the_periods_and_within_them(
        self, read: Read, monkeypatch: pytest.MonkeyPatch, since: date, quarter: str, expected: tuple[str | None, ...]
    ) -> None:
        defined_anew(monkeypatch, since)

        assert reasons((await read(f"/v1/quarters/{quarter}"))["feedback"]["received"]) == expected

    async def test_months_and_years_break_by_their_own_days(self, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
        defined_anew(monkeypatch, date(2019, 4, 1))

        month = (await read("/v1/months/2019-05"))["feedback"]["received"]
        # There was nothing in April.
        assert reasons(month, "month") == ("no_data", "measure_changed")
        year = (await read("/v1/years/2019"))["feedback"]["received"]
        assert year["previous_year"]["reason"] == "measure_changed"

    async def test_a_series_has_one_break_and_everybody_sees_it(
        self, read_publicly: Read, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        defined_anew(monkeypatch, date(2019, 4, 1))

        points = (await read_publicly(series="5"))["feedback"]["received"]["series"]

        assert [point["reason"] for point in points] == [None, None, None, None, "measure_changed"]
        assert [point["value"] for point in points] == [3] * 5

    async def test_the_history_is_published(self, anyone: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
        defined_anew(monkeypatch, date(2019, 4, 1))

        measures = {it["slug"]: it for it in (await anyone.get("/v1/measures")).json()["measures"]}

        received = measures["feedback_received"]
        assert (received["version"], received["since"]) == (2, "2019-04-01")
        assert received["versions"] == [
            {"version": 1, "since": None, "change": None},
            {"version": 2, "since": "2019-04-01", "change": CHANGE},
        ]
        assert (measures["nps"]["version"], measures["nps"]["since"]) == (1, None)
        page = (await anyone.get("/reviews/definitions", params={"lang": "sv"})).text
        assert f"<dd>{unbroken('Från och med 1 april 2019: Även respons per telefon räknas.')}</dd>" in page


@pytest.mark.parametrize(
    "versions",
    [
        (),
        (MeasureVersion(2, date(2019, 4, 1), CHANGE),),
        (FIRST_VERSION, MeasureVersion(3, date(2019, 4, 1), CHANGE)),
        (FIRST_VERSION, MeasureVersion(2, None, CHANGE)),
        (FIRST_VERSION, MeasureVersion(2, date(2019, 4, 1), None)),
        (FIRST_VERSION, MeasureVersion(2, date(2019, 4, 1), CHANGE), MeasureVersion(3, date(2018, 4, 1), CHANGE)),
    ],
)
def test_a_history_with_a_gap_is_refused(versions: tuple[MeasureVersion, ...]) -> None:
    with pytest.raises(ValueError, match="feedback_received"):
        replace(RECEIVED, versions=versions)


class TestOfATarget:
    """The catalogue's target was five days until the end of March 2023, and has been seven since."""

    @pytest.fixture(autouse=True)
    async def feedback(self, session: AsyncSession) -> None:
        # All handled in six days: late by the first target, in time by the second.
        for year, month in ((2022, 2), (2022, 5), (2022, 11), (2023, 2), (2023, 5), (2023, 8), (2024, 5)):
            await add_in(session, year, month, 20, handled_days=6)

    @pytest.mark.parametrize(
        ("quarter", "value", "expected"),
        [
            ("2023-Q1", 0.0, (None, None)),
            ("2023-Q2", 100.0, ("target_changed", "target_changed")),
            ("2023-Q3", 100.0, (None, "no_data")),
            ("2024-Q2", 100.0, ("no_data", None)),
        ],
    )
    async def test_no_rise_is_told_where_only_the_target_moved(
        self, read: Read, quarter: str, value: float, expected: tuple[str | None, ...]
    ) -> None:
        feedback = (await read(f"/v1/quarters/{quarter}"))["feedback"]

        share = feedback["on_target"]["share"]
        assert (share["value"], reasons(share)) == (value, expected)
        finnish = next(it for it in feedback["by_language"] if it["code"] == "fi")
        assert reasons(finnish["on_target"]) == expected
        # The times themselves are measured as before.
        assert reasons(feedback["handling_time"]["mean"]) != ("target_changed", "target_changed")

    async def test_the_year_of_the_change_holds_both_targets(self, read: Read) -> None:
        share = (await read("/v1/years/2024"))["feedback"]["on_target"]["share"]

        assert share["previous_year"] == {
            "value": 66.7,
            "count": 40,
            "base": 60,
            "difference": None,
            "difference_interval": None,
            "change": "not_comparable",
            "reason": "target_changed",
            "standardised": None,
        }

    async def test_the_series_is_broken_for_everybody(self, read_publicly: Read) -> None:
        report = await read_publicly("/v1/quarters/2023-Q3", series="3")

        points = report["feedback"]["on_target"]["share"]["series"]
        assert [(it["period"], it["reason"]) for it in points] == [
            ("2023-Q1", None),
            ("2023-Q2", "target_changed"),
            ("2023-Q3", None),
        ]

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            (Language.FI, "koska tavoiteaika on muuttunut"),
            (Language.SV, "eftersom den målsatta behandlingstiden har ändrats"),
            (Language.EN, "because the target time has changed"),
        ],
    )
    async def test_the_review_says_why(self, read_publicly: Read, language: Language, said: str) -> None:
        report = QuarterReport.model_validate(await read_publicly("/v1/quarters/2023-Q2"))

        chapter = [say(phrase, language) for phrase in phrases_of(Chapter.FEEDBACK, report)]

        assert [sentence for sentence in chapter if said in sentence] != []
