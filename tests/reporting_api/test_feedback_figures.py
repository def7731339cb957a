"""The section on written feedback, worked by hand for a small city."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import MIDDLE_OF_QUARTER, add_feedback

pytestmark = pytest.mark.anyio

QUARTER_BEGINS = datetime(2019, 3, 31, 21, 0, tzinfo=UTC)
"""Midnight in Helsinki, in summer time since that very morning."""
QUARTER_ENDS = datetime(2019, 6, 30, 21, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

# Twelve handling times whose sum is 60 days: nine strictly under five, one exactly five.
HANDLING_DAYS = (1, 1, 2, 2, 3, 3, 4, 4, 4.9, 5, 10, 20.1)


@pytest.fixture
async def city(session: AsyncSession) -> None:
    """19 received: 14 counted (12 handled, 2 open), 3 transferred out, 2 inappropriate; and noise."""
    types = ["complaint"] * 6 + ["question"] * 4 + ["compliment"] * 3 + ["idea"]
    topics = ["access_to_care"] * 5 + ["home_care"] * 4 + ["apotti"] * 2 + [None] * 3
    days = [*HANDLING_DAYS, None, None]
    for number, (type_code, topic, handled) in enumerate(zip(types, topics, days, strict=True)):
        await add_feedback(
            session,
            type_code=type_code,
            topic_code=topic,
            handled_days=handled,
            reacted_days=0.5 if number == 12 else None,
            unit_code="home-care" if topic == "home_care" else "oral-health",
            received_at=QUARTER_BEGINS if number == 0 else MIDDLE_OF_QUARTER,
            **({"state": "in_progress"} if number == 3 else {}),
        )
    for _ in range(3):
        await add_feedback(session, state="transferred_out", handled_days=1)
    await add_feedback(session, state="rejected")
    await add_feedback(session, state="rejected", received_at=QUARTER_ENDS - SECOND)
    await add_noise(session)


async def add_noise(session: AsyncSession) -> None:
    """A second before the quarter, which makes ten of the previous one, and the first instant after it."""
    await add_feedback(session, received_at=QUARTER_BEGINS - SECOND, handled_days=100, topic_code="parks")
    await add_feedback(session, received_at=QUARTER_ENDS, handled_days=100, topic_code="parks")
    for _ in range(9):
        await add_feedback(session, received_at=datetime(2019, 2, 1, tzinfo=UTC))


def number_and_share(entries: list[dict[str, Any]]) -> dict[str | None, tuple[int, float]]:
    return {entry["code"]: (entry["number"]["value"], entry["share"]["value"]) for entry in entries}


@pytest.mark.usefixtures("city")
class TestGoldenQuarter:
    async def test_received_is_the_headline(self, read: Read) -> None:
        received = (await read())["feedback"]["received"]

        assert received["measure"] == "feedback_received"
        assert (received["value"], received["count"], received["base"]) == (19, 19, None)
        assert (received["unit"], received["status"], received["interval"]) == ("count", "final", None)

    async def test_balance_adds_up(self, read: Read) -> None:
        feedback = (await read())["feedback"]

        assert feedback["balance"] == {
            "received": 19,
            "counted": 14,
            "transferred_out": 3,
            "inappropriate": 2,
            "handled": 12,
            "open": 2,
            "holds": True,
        }
        assert feedback["reopened"]["value"] == 1

    async def test_by_type_has_counted_items_only_in_the_catalogues_order(self, read: Read) -> None:
        by_type = (await read())["feedback"]["by_type"]

        assert list(number_and_share(by_type).items()) == [
            ("complaint", (6, 42.9)),
            ("question", (4, 28.6)),
            ("compliment", (3, 21.4)),
            ("idea", (1, 7.1)),
            ("accessibility", (0, 0.0)),
            ("other", (0, 0.0)),
        ]
        assert by_type[0]["share"]["count"] == 6
        assert by_type[0]["share"]["base"] == 14

    async def test_by_topic_is_ranked_and_ends_with_the_unclassified(self, read: Read) -> None:
        by_topic = (await read())["feedback"]["by_topic"]

        assert list(number_and_share(by_topic).items()) == [
            ("access_to_care", (5, 35.7)),
            ("home_care", (4, 28.6)),
            ("apotti", (2, 14.3)),
            (None, (3, 21.4)),
        ]

    async def test_handling_time(self, read: Read) -> None:
        times = (await read())["feedback"]["handling_time"]

        # 60 days of 12 items; the sixth and seventh of them took 3 and 4 days.
        assert times["mean"]["value"] == 5.0
        assert times["median"]["value"] == 3.5
        assert (times["mean"]["count"], times["mean"]["base"]) == (12, 14)
        # Standard deviation 5.3344, so 5 ± 2.201 × 5.3344 / √12.
        assert times["mean"]["interval"] == [1.6, 8.4]
        # (12 - 1.96 √12) / 2 = 2.6: the second smallest and the second greatest.
        assert times["median"]["interval"] == [1.0, 10.0]

    async def test_reaction_time_counts_an_interim_answer(self, read: Read) -> None:
        mean = (await read())["feedback"]["reaction_time"]["mean"]

        assert (mean["value"], mean["count"]) == (4.7, 13)

    async def test_on_target_is_strictly_under(self, read: Read) -> None:
        on_target = (await read())["feedback"]["on_target"]

        assert on_target["target_days"] == 5.0
        assert on_target["share"]["value"] == 75.0
        assert (on_target["share"]["count"], on_target["share"]["base"]) == (9, 12)
        assert on_target["share"]["interval"] == [46.8, 91.1]

    async def test_compares_with_the_previous_quarter(self, read: Read) -> None:
        previous = (await read())["feedback"]["received"]["previous_quarter"]

        assert (previous["value"], previous["difference"]) == (10, 9)
        # Wilson's interval of 19/29 is 47.3-80.1 %.
        assert previous["difference_interval"] == [-2, 17]
        assert (previous["change"], previous["reason"]) == ("no_clear_change", None)

    async def test_a_year_ago_nothing_was_recorded(self, read: Read) -> None:
        assert (await read())["feedback"]["received"]["same_quarter_last_year"] == {
            "value": None,
            "count": None,
            "base": None,
            "difference": None,
            "difference_interval": None,
            "change": "not_comparable",
            "reason": "no_data",
            "standardised": None,
        }

    async def test_narrows_to_a_branch(self, read: Read) -> None:
        report = await read(unit="sote-hospital")

        assert report["unit"]["code"] == "sote-hospital"
        assert report["feedback"]["received"]["value"] == 4
        assert number_and_share(report["feedback"]["by_topic"]) == {"home_care": (4, 100.0), None: (0, 0.0)}

    async def test_a_unit_without_feedback_had_none_when_others_had(self, read: Read) -> None:
        received = (await read(unit="sote-hospital"))["feedback"]["received"]

        assert received["previous_quarter"]["value"] == 0
        assert received["previous_quarter"]["difference"] == 4

    async def test_months_add_up_to_the_quarter(self, read: Read) -> None:
        months = [await read(f"/v1/months/2019-0{month}") for month in (4, 5, 6)]

        assert [month["feedback"]["received"]["value"] for month in months] == [1, 17, 1]
        assert "same_month_last_year" in months[0]["feedback"]["received"]


class TestEmptyQuarter:
    async def test_where_nobody_recorded_anything_nothing_is_available(self, read: Read) -> None:
        report = await read()
        feedback = report["feedback"]

        for number in (
            feedback["received"],
            feedback["by_type"][0]["number"],
            report["smileys"]["presses"],
            report["ombudsman"]["contacts"],
            report["participation"]["meetings"],
            report["participation"]["social_reports"]["by_reason"][0]["number"],
        ):
            assert (number["value"], number["count"], number["status"]) == (None, 0, "not_available")
        assert feedback["balance"]["holds"] is True
        share = feedback["on_target"]["share"]
        assert (share["value"], share["base"], share["status"]) == (None, 0, "not_available")
        assert feedback["handling_time"]["median"]["value"] is None

    async def test_nothing_has_fallen_to_what_nobody_recorded(self, read: Read, session: AsyncSession) -> None:
        for _ in range(40):
            await add_feedback(session, received_at=datetime(2019, 2, 1, tzinfo=UTC))

        received = (await read("/v1/quarters/2019-Q2", series="2"))["feedback"]["received"]

        previous = received["previous_quarter"]
        assert (previous["value"], previous["change"], previous["reason"]) == (40, "not_comparable", "no_data")
        assert [(point["value"], point["change"]) for point in received["series"]] == [
            (40, "not_comparable"),
            (None, "not_comparable"),
        ]

    async def test_of_a_kind_that_did_not_come_there_were_none(self, read: Read, session: AsyncSession) -> None:
        await add_feedback(session)

        feedback = (await read())["feedback"]

        assert (feedback["transferred_out"]["value"], feedback["transferred_out"]["status"]) == (0, "final")

    async def test_a_period_that_runs_may_yet_have_had_none(self, read: Read) -> None:
        report = await read(f"/v1/years/{datetime.now(UTC).year}")

        assert (report["feedback"]["received"]["value"], report["feedback"]["received"]["status"]) == (0, "partial")

    async def test_a_single_item_has_a_mean_without_interval(self, read: Read, session: AsyncSession) -> None:
        await add_feedback(session, handled_days=2)

        mean = (await read())["feedback"]["handling_time"]["mean"]

        assert (mean["value"], mean["interval"]) == (2.0, None)


class TestChange:
    async def test_rose(self, read: Read, session: AsyncSession) -> None:
        for number in range(40):
            on = MIDDLE_OF_QUARTER if number < 32 else datetime(2019, 2, 1, tzinfo=UTC)
            await add_feedback(session, received_at=on)

        previous = (await read())["feedback"]["received"]["previous_quarter"]

        assert (previous["difference"], previous["change"]) == (24, "rose")

    async def test_a_running_period_is_partial_and_not_compared(self, read: Read, session: AsyncSession) -> None:
        now = datetime.now(UTC)
        await add_feedback(session, received_at=now)
        await add_feedback(session, received_at=now - timedelta(days=366))
        await add_feedback(session, received_at=now - timedelta(days=365))

        report = await read(f"/v1/years/{now.year}")
        received = report["feedback"]["received"]

        assert report["period"]["is_complete"] is False
        assert received["status"] == "partial"
        assert received["previous_year"]["reason"] == "period_not_complete"
        assert received["previous_year"]["difference"] is None


class TestDaylightSaving:
    async def test_the_night_that_has_25_hours(self, read: Read, session: AsyncSession) -> None:
        midnight_before = datetime(2019, 10, 26, 21, 0, tzinfo=UTC)
        for hours in (-0.001, 0, 24.999, 25):
            await add_feedback(session, received_at=midnight_before + timedelta(hours=hours), handled_days=1)

        first_week = await read("/v1/weeks/2019-W43")
        second_week = await read("/v1/weeks/2019-W44")

        # 27 October 2019 is the Sunday of week 43.
        assert first_week["feedback"]["received"]["value"] == 3
        assert second_week["feedback"]["received"]["value"] == 1
        assert first_week["feedback"]["handling_time"]["mean"]["value"] == 1.0

    async def test_the_night_that_has_23_hours(self, read: Read, session: AsyncSession) -> None:
        midnight_before = datetime(2019, 3, 30, 22, 0, tzinfo=UTC)
        for hours in (-0.001, 0, 22.999, 23):
            await add_feedback(session, received_at=midnight_before + timedelta(hours=hours))

        assert (await read("/v1/months/2019-03"))["feedback"]["received"]["value"] == 3
        assert (await read("/v1/months/2019-04"))["feedback"]["received"]["value"] == 1


class TestTargets:
    async def test_each_item_has_the_target_of_its_day(self, read: Read, session: AsyncSession) -> None:
        # The target was five days up to March 2023 and seven from April on.
        await add_feedback(session, received_at=datetime(2023, 3, 15, tzinfo=UTC), handled_days=6)
        await add_feedback(session, received_at=datetime(2023, 4, 15, tzinfo=UTC), handled_days=6)

        on_target = (await read("/v1/years/2023"))["feedback"]["on_target"]

        assert (on_target["share"]["count"], on_target["share"]["base"]) == (1, 2)
        assert on_target["target_days"] is None
        assert [target["target_days"] for target in on_target["targets"]] == [5.0, 7.0]


class TestThemes:
    async def test_counted_items_by_type(self, read: Read, session: AsyncSession) -> None:
        for type_code in ("complaint", "complaint", "question"):
            await add_feedback(session, type_code=type_code, themes=["covid_vaccination"])
        await add_feedback(session, state="rejected", themes=["covid_vaccination"])
        await add_feedback(session)

        theme = (await read())["themes"][0]

        assert (theme["code"], theme["number"]["value"], theme["number"]["base"]) == ("covid_vaccination", 3, 4)
        assert number_and_share(theme["by_type"])["complaint"] == (2, 66.7)


class TestDemonstration:
    async def test_is_said_when_any_counted_row_is_invented(self, read: Read, session: AsyncSession) -> None:
        await add_feedback(session)
        assert (await read())["demonstration"] == {"is_demonstration": False, "note": None}

        await add_feedback(session, source="demonstration", source_reference="1")
        demonstration = (await read())["demonstration"]

        assert demonstration["is_demonstration"] is True
        assert set(demonstration["note"]) == {"fi", "sv", "en"}


class TestLanguages:
    async def test_each_language_has_its_own_clock(self, session: AsyncSession, read: Read) -> None:
        for days in (1, 3):
            await add_feedback(session, language="fi", handled_days=days)
        await add_feedback(session, language="sv", handled_days=8)
        await add_feedback(session, language="sv")
        await add_feedback(session, language="sv", state="transferred_out")  # noise

        languages = {it["code"]: it for it in (await read())["feedback"]["by_language"]}

        assert [languages[code]["number"]["value"] for code in ("fi", "sv", "en", "other")] == [2, 2, 0, 0]
        assert languages["fi"]["handling_time"]["mean"]["value"] == 2.0
        assert (languages["sv"]["handling_time"]["median"]["value"], languages["sv"]["on_target"]["value"]) == (
            8.0,
            0.0,
        )
        assert (languages["sv"]["handled_share"]["value"], languages["sv"]["handled_share"]["base"]) == (50.0, 2)
        assert languages["en"]["on_target"]["status"] == "not_available"
