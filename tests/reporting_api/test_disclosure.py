"""What anyone may not see, and what keys of scope report:internal may."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.disclosure.cells import hidden_of_distribution
from services.reporting_api.measures.registry import MEASURES, Sensitivity
from services.shared.scopes import Scope
from tests.conftest import add_key, client_of
from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import (
    IN_PREVIOUS,
    IN_QUARTER,
    add_answers,
    add_contacts,
    add_feedback,
    add_presses,
    add_responses,
    add_survey,
)
from tests.reporting_api.test_survey_figures import CHAT, SMILEYS

NEXT_DAY = IN_QUARTER + timedelta(days=1)

HIDDEN_COMPARISON = {
    "value": None,
    "count": None,
    "base": None,
    "difference": None,
    "difference_interval": None,
    "change": "not_comparable",
    "reason": "suppressed",
    "standardised": None,
}
NOTHING = {
    "value": None,
    "count": None,
    "base": None,
    "interval": None,
    "status": "suppressed",
    "previous_quarter": HIDDEN_COMPARISON,
    "same_quarter_last_year": HIDDEN_COMPARISON,
}


def is_hidden(figure: dict[str, Any]) -> bool:
    shown = {name: figure[name] for name in NOTHING}
    assert (figure["status"] == "suppressed") == (shown == NOTHING), "a hidden figure shows something"
    return shown == NOTHING


def hidden_codes(entries: list[dict[str, Any]]) -> set[str]:
    return {entry["code"] for entry in entries if is_hidden(entry["share"])}


def figures_in(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        if "measure" in tree:
            yield tree
        for value in tree.values():
            yield from figures_in(value)
    if isinstance(tree, list):
        for value in tree:
            yield from figures_in(value)


def hidden_of(*numbers: int) -> set[int]:
    hidden = hidden_of_distribution(numbers, 5)
    return set(numbers) if hidden is None else {numbers[index] for index in hidden}


class TestCells:
    def test_enough_in_each_hides_nothing(self) -> None:
        assert hidden_of(5, 6, 0, 70) == set()

    def test_a_small_cell_takes_its_next_smallest_sibling_along(self) -> None:
        assert hidden_of(4, 6, 8, 70) == {4, 6}

    def test_a_nought_hides_nothing_and_covers_nothing(self) -> None:
        assert hidden_of(4, 0, 70) == {4, 70}

    def test_two_ones_would_be_told_by_their_sum(self) -> None:
        assert hidden_of(1, 1, 9, 70) == {1, 9}

    def test_five_ones_would_be_told_by_their_sum(self) -> None:
        assert hidden_of(1, 1, 1, 1, 1, 0) == {0, 1}

    def test_few_asked_hides_all(self) -> None:
        assert hidden_of(3, 0, 0) == {3, 0}

    def test_two_small_ones_that_could_not_be_five_take_a_third_along(self) -> None:
        assert hidden_of(2, 3, 9, 70) == {2, 3, 9}

    def test_nobody_asked_hides_nothing(self) -> None:
        assert hidden_of(0, 0) == set()

    @given(st.lists(st.integers(0, 12), min_size=2, max_size=6))
    def test_no_hidden_cell_follows_from_the_base(self, numbers: list[int]) -> None:
        hidden = hidden_of_distribution(numbers, 5)

        if hidden:
            assert all(index in hidden for index, number in enumerate(numbers) if 0 < number < 5)
            assert sum(numbers[index] for index in hidden) - len(hidden) + 1 >= 5
        elif hidden is not None:
            assert all(number == 0 or number >= 5 for number in numbers)


@pytest.mark.anyio
class TestReport:
    @pytest.fixture(autouse=True)
    async def small_city(self, session: AsyncSession) -> None:
        """Small cells in every section."""
        await add_survey(session, "chat", "chat", CHAT)
        await add_responses(session, "chat", 60)
        await add_answers(session, "chat", "satisfied", {0: 4, 100: 5})
        await add_answers(session, "chat", "topics", {0: 60, 1: 50, 2: 4, 3: 20})
        await add_answers(session, "chat", "topic", {1: 57, 2: 3})
        await add_answers(session, "chat", "got_help", {1: 57, 0: 3})
        await add_survey(session, "terminals", "smiley", SMILEYS)
        mood = {3: 500, 2: 200, 1: 100, 0: 100}
        await add_presses(session, "terminals", "kallio-health-station", mood)
        await add_presses(session, "terminals", "malmi-health-station", mood)
        await add_presses(session, "terminals", "kamppi-service-centre", {3: 9, 0: 3})
        await add_survey(
            session, "clients", "questionnaire", {"grade": {"kind": "grade"}, "mood": {"kind": "smiley_4"}}
        )
        await add_answers(session, "clients", "grade", {8: 9})
        await add_answers(session, "clients", "mood", {3: 50, 2: 20, 1: 30, 0: 2})
        await add_contacts(session, "family_and_social", 20, "self_determination")
        await add_contacts(session, "other", 3, "other")
        for type_code in ["complaint"] * 6 + ["question"] * 7 + ["idea"]:
            await add_feedback(session, type_code=type_code, themes=["covid_vaccination"])

    async def test_the_policy_is_named(self, read: Read, read_publicly: Read) -> None:
        thresholds = {"minimum_cell": 5, "minimum_mean_base": 10, "minimum_unit_cases": 20}

        assert (await read_publicly())["disclosure"] == {"policy": "public-4", **thresholds}
        assert (await read())["disclosure"] == {"policy": None, **thresholds}

    async def test_with_the_scope_nothing_is_hidden(self, read: Read) -> None:
        assert not any(is_hidden(figure) for figure in figures_in(await read()))

    async def test_a_key_without_the_scope_sees_what_anyone_sees(self, app: FastAPI, session: AsyncSession) -> None:
        async with client_of(app, key=await add_key(session, Scope.SURVEY_READ)) as client:
            report = (await client.get("/v1/quarters/2019-Q2")).json()

        assert report["disclosure"]["policy"] == "public-4"
        assert is_hidden(report["chats"][0]["satisfaction"])

    async def test_a_mean_of_nine_is_hidden(self, read_publicly: Read) -> None:
        report = await read_publicly()

        assert is_hidden(report["chats"][0]["satisfaction"])
        assert is_hidden(report["surveys"][0]["questions"][0]["figure"])

    async def test_a_mean_of_ten_is_shown(self, read_publicly: Read, session: AsyncSession) -> None:
        await add_answers(session, "chat", "satisfied", {50: 1})

        assert not is_hidden((await read_publicly())["chats"][0]["satisfaction"])

    async def test_a_small_option_and_its_sibling_are_hidden(self, read_publicly: Read) -> None:
        topics, topic = (await read_publicly())["chats"][0]["questions"]

        # Where several may be chosen the options do not add up, so that the small one needs no other.
        assert hidden_codes(topics["options"]) == {"advice"}
        assert hidden_codes(topic["options"]) == {"flat", "other"}

    async def test_yes_against_few_noes_is_hidden(self, read_publicly: Read) -> None:
        assert is_hidden((await read_publicly())["chats"][0]["statements"][0]["share"])

    async def test_an_index_that_would_tell_a_hidden_smiley_is_hidden(self, read_publicly: Read) -> None:
        mood = (await read_publicly())["surveys"][0]["questions"][1]

        assert hidden_codes(mood["options"]) == {"happy", "very_unhappy"}
        assert is_hidden(mood["figure"])

    async def test_a_small_service_point_takes_another_along(self, read_publicly: Read) -> None:
        smileys = (await read_publicly())["smileys"]

        points = {point["code"]: point for point in smileys["service_points"]}
        assert is_hidden(points["kamppi-service-centre"]["satisfied_share"])
        assert is_hidden(points["kallio-health-station"]["satisfied_share"])
        assert is_hidden(points["kallio-health-station"]["happy_index"])
        assert is_hidden(points["kallio-health-station"]["smiley_mean"])
        assert not is_hidden(points["malmi-health-station"]["satisfied_share"])
        assert not is_hidden(smileys["satisfied_share"])
        assert is_hidden(points["kamppi-service-centre"]["presses"])
        assert points["kamppi-service-centre"]["presses"]["suppression_reason"] == "small_counts"

    async def test_a_hidden_face_hides_all_that_would_tell_it(self, read_publicly: Read, session: AsyncSession) -> None:
        point = "kinapori-service-centre"
        await add_presses(session, "terminals", point, {2: 3}, on=IN_PREVIOUS)
        await add_presses(session, "terminals", point, {3: 600, 0: 20}, on=IN_PREVIOUS)

        smileys = (await read_publicly("/v1/quarters/2019-Q1"))["smileys"]
        later = (await read_publicly())["smileys"]

        assert hidden_codes(smileys["distribution"]) == {"happy", "very_unhappy"}
        assert is_hidden(smileys["happy_index"])
        assert is_hidden(smileys["smiley_mean"])
        assert is_hidden(smileys["satisfied_share"])
        assert smileys["service_points"][0]["satisfied_share"]["suppression_reason"] == "small_counts"
        assert later["happy_index"]["previous_quarter"] == HIDDEN_COMPARISON
        faces = {face["code"]: face["share"]["previous_quarter"]["reason"] for face in later["distribution"]}
        assert (faces["happy"], faces["very_happy"]) == ("suppressed", "device_presses")

    async def test_services_and_reasons_of_the_ombudsmen(self, read_publicly: Read) -> None:
        section = (await read_publicly())["ombudsman"]

        assert hidden_codes(section["by_service"]) == {"family_and_social", "other"}
        assert hidden_codes(section["by_reason"]) == {"self_determination", "other"}
        assert all(is_hidden(entry["number"]) == is_hidden(entry["share"]) for entry in section["by_service"])
        assert section["contacts"]["value"] == 23

    async def test_types_of_a_theme(self, read_publicly: Read) -> None:
        theme = (await read_publicly())["themes"][0]

        assert hidden_codes(theme["by_type"]) == {"idea", "complaint"}
        assert theme["number"]["value"] == 14

    async def test_cases_by_type_are_shown_however_few(self, read_publicly: Read) -> None:
        by_type = {entry["code"]: entry["number"]["value"] for entry in (await read_publicly())["feedback"]["by_type"]}

        assert by_type["idea"] == 1

    async def test_an_earlier_small_cell_is_hidden_from_the_comparison(
        self, read_publicly: Read, session: AsyncSession
    ) -> None:
        await add_answers(session, "chat", "topic", {1: 50, 2: 3}, on=IN_PREVIOUS)
        await add_answers(session, "chat", "topic", {2: 40}, on=NEXT_DAY)

        options = (await read_publicly())["chats"][0]["questions"][1]["options"]

        assert [option["share"]["value"] for option in options] == [57.0, 43.0]
        assert [option["share"]["previous_quarter"] for option in options] == [HIDDEN_COMPARISON] * 2

    async def test_no_opinion_cell_or_mean_below_the_policy_is_left(self, read_publicly: Read) -> None:
        for figure in figures_in(await read_publicly()):
            sensitivity = MEASURES[figure["measure"]].sensitivity
            if sensitivity is Sensitivity.CASES or is_hidden(figure) or not figure["count"]:
                continue
            assert figure["count"] >= (10 if sensitivity is Sensitivity.OPINION_MEAN else 5)


@pytest.mark.anyio
class TestCaching:
    async def test_the_same_content_is_not_sent_again(self, anyone: httpx.AsyncClient) -> None:
        first = await anyone.get("/v1/quarters/2019-Q2")
        tag = first.headers["ETag"]

        again = await anyone.get("/v1/quarters/2019-Q2", headers={"If-None-Match": f'"other", {tag}'})

        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == tag
        assert first.headers["Cache-Control"] == "no-cache"

    async def test_new_content_is(self, anyone: httpx.AsyncClient, session: AsyncSession) -> None:
        tag = (await anyone.get("/v1/quarters/2019-Q2")).headers["ETag"]
        await add_feedback(session)

        again = await anyone.get("/v1/quarters/2019-Q2", headers={"If-None-Match": tag})

        assert again.status_code == 200

    async def test_what_a_key_may_see_stays_out_of_shared_caches(self, insider: httpx.AsyncClient) -> None:
        answer = await insider.get("/v1/quarters/2019-Q2")

        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "Authorization" in answer.headers["Vary"]
