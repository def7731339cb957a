"""The sections on chats, smileys and client surveys, and on the ombudsmen, worked by hand."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import (
    IN_LAST_YEAR,
    IN_PREVIOUS,
    Questions,
    add_answers,
    add_contacts,
    add_presses,
    add_responses,
    add_survey,
)

pytestmark = pytest.mark.anyio

CHAT: Questions = {
    "satisfied": {"kind": "scale", "scale_steps": 5, "purpose": "satisfaction"},
    "topics": {
        "kind": "multiple_choice",
        "purpose": "contact_topic",
        "options": {1: "booking", 2: "advice", 3: "care"},
    },
    "topic": {"kind": "single_choice", "purpose": "contact_topic", "options": {1: "flat", 2: "other"}},
    "got_help": {"kind": "yes_no", "purpose": "statement"},
    "recommend": {"kind": "nps", "purpose": "recommendation"},
    "comment": {"kind": "text", "purpose": "comment"},
}
SMILEYS: Questions = {"mood": {"kind": "smiley_4", "purpose": "satisfaction"}}


def shares(entries: list[dict[str, Any]]) -> dict[str, float | None]:
    return {entry["code"]: entry["share"]["value"] for entry in entries}


class TestChats:
    @pytest.fixture(autouse=True)
    async def chat(self, session: AsyncSession) -> None:
        """212 respondents and the shares that the review of 2021-Q2 printed for the dental chat."""
        await add_survey(session, "dental", "chat", CHAT)
        await add_responses(session, "dental", 212)
        await add_answers(session, "dental", "satisfied", {0: 40, 25: 50, 50: 70, 75: 20, 100: 20})
        await add_answers(session, "dental", "topics", {0: 212, 1: 165, 2: 34, 3: 36})
        await add_answers(session, "dental", "topic", {1: 60, 2: 20})
        await add_answers(session, "dental", "got_help", {1: 101, 0: 86})
        await add_answers(session, "dental", "recommend", {10: 50, 9: 20, 8: 10, 7: 10, 6: 5, 0: 5})
        await add_answers(session, "dental", "comment", {1: 17})
        await add_answers(session, "dental", "satisfied", {100: 999}, on=IN_PREVIOUS.replace(year=2017))

    async def test_respondents_and_mean(self, read: Read) -> None:
        chat = (await read())["chats"][0]

        assert (chat["code"], chat["unit"], chat["respondents"]["value"]) == ("dental", "oral-health", 212)
        # (50 × 25 + 70 × 50 + 20 × 75 + 20 × 100) / 200 = 41.25, half up.
        assert chat["satisfaction"]["value"] == 41.3
        assert (chat["satisfaction"]["count"], chat["satisfaction"]["base"]) == (200, 212)
        assert chat["satisfaction"]["unit"] == "points"

    async def test_multiple_choice_has_respondents_as_base(self, read: Read) -> None:
        topics = (await read())["chats"][0]["questions"][0]

        assert (topics["base"], topics["is_multiple_response"]) == (212, True)
        assert shares(topics["options"]) == {"booking": 77.8, "advice": 16.0, "care": 17.0}

    async def test_single_choice_adds_up_to_all_answers(self, read: Read) -> None:
        topic = (await read())["chats"][0]["questions"][1]

        assert (topic["base"], topic["is_multiple_response"]) == (80, False)
        assert shares(topic["options"]) == {"flat": 75.0, "other": 25.0}

    async def test_statement_is_the_share_of_yes(self, read: Read) -> None:
        statement = (await read())["chats"][0]["statements"][0]

        assert statement["code"] == "got_help"
        assert (statement["share"]["value"], statement["share"]["base"]) == (54.0, 187)

    async def test_other_questions_are_not_lost(self, read: Read) -> None:
        nps, comment = (await read())["chats"][0]["other_questions"]

        # 70 promoters less 10 detractors of 100; ± 1.96 × √(0.8 - 0.36) × 100 / 10.
        assert (nps["figure"]["value"], nps["figure"]["interval"]) == (60.0, [47.0, 73.0])
        assert (comment["figure"]["value"], comment["figure"]["base"]) == (17, 212)

    async def test_narrows_to_a_branch(self, read: Read) -> None:
        assert (await read(unit="sote-hospital"))["chats"] == []
        assert (await read(unit="sote-health"))["chats"][0]["respondents"]["value"] == 212

    async def test_a_quarter_without_answers_is_not_available(self, read: Read) -> None:
        chat = (await read("/v1/quarters/2019-Q3"))["chats"][0]

        assert (chat["respondents"]["value"], chat["satisfaction"]["status"]) == (0, "not_available")
        assert chat["satisfaction"]["previous_quarter"]["value"] == 41.3
        assert chat["satisfaction"]["previous_quarter"]["reason"] == "no_data"


class TestComparisonOfQuestions:
    @pytest.fixture(autouse=True)
    async def survey(self, session: AsyncSession) -> None:
        await add_survey(session, "chat", "chat", CHAT, versions=2)
        await add_answers(session, "chat", "satisfied", {0: 40, 100: 60})

    async def compare(self, read: Read) -> dict[str, Any]:
        comparison: dict[str, Any] = (await read())["chats"][0]["satisfaction"]["previous_quarter"]
        return comparison

    async def test_words_follow_the_interval(self, read: Read, session: AsyncSession) -> None:
        await add_answers(session, "chat", "satisfied", {0: 60, 100: 40}, on=IN_PREVIOUS)

        comparison = await self.compare(read)

        # 20 ± 1.972 × √(2 × 2424.24 / 100)
        assert (comparison["difference"], comparison["difference_interval"]) == (20.0, [6.3, 33.7])
        assert comparison["change"] == "rose"

    async def test_a_difference_within_chance_is_no_change(self, read: Read, session: AsyncSession) -> None:
        await add_answers(session, "chat", "satisfied", {0: 45, 100: 55}, on=IN_PREVIOUS)

        assert (await self.compare(read))["change"] == "no_clear_change"

    async def test_fell_against_last_year(self, read: Read, session: AsyncSession) -> None:
        await add_answers(session, "chat", "satisfied", {0: 10, 100: 90}, on=IN_LAST_YEAR)

        satisfaction = (await read())["chats"][0]["satisfaction"]

        assert satisfaction["same_quarter_last_year"]["change"] == "fell"
        assert satisfaction["previous_quarter"]["reason"] == "no_data"

    async def test_the_same_question_of_another_version_is_comparable(self, read: Read, session: AsyncSession) -> None:
        await add_answers(session, "chat", "satisfied", {0: 10, 100: 90}, on=IN_PREVIOUS, version=2)

        comparison = await self.compare(read)

        assert (comparison["value"], comparison["change"]) == (90.0, "fell")

    async def test_a_question_that_replaced_another_is_not_compared_with_it(
        self, read: Read, session: AsyncSession
    ) -> None:
        asked = {"satisfied_7": {"kind": "nps", "replaces": "old"}, "old": {"kind": "nps"}}
        await add_survey(session, "client", "questionnaire", asked)
        await add_answers(session, "client", "satisfied_7", {9: 20})
        await add_answers(session, "client", "old", {9: 20}, on=IN_PREVIOUS)

        [figure] = [
            question["figure"]
            for survey in (await read())["surveys"]
            for question in survey["questions"]
            if question["code"] == "satisfied_7"
        ]

        assert figure["previous_quarter"]["reason"] == "question_replaced"
        assert figure["same_quarter_last_year"]["reason"] == "no_data"

    async def test_the_base_of_a_follow_up_is_who_was_asked(self, read: Read, session: AsyncSession) -> None:
        asked: dict[str, dict[str, Any]] = {
            "mood": {"kind": "smiley_4"},
            "likely": {"kind": "nps", "shown_when": {"question": "mood", "values": ["unhappy"]}},
        }
        await add_survey(session, "client", "questionnaire", asked)
        await add_answers(session, "client", "_responses", {1: 100})
        await add_answers(session, "client", "_asked_likely", {1: 40})
        await add_answers(session, "client", "likely", {3: 30})

        [survey] = (await read())["surveys"]

        assert [(question["figure"]["count"], question["figure"]["base"]) for question in survey["questions"]] == [
            (0, 100),
            (30, 40),
        ]

    async def test_another_way_of_collection_is_not_comparable(self, read: Read, session: AsyncSession) -> None:
        await add_answers(session, "chat", "satisfied", {0: 10, 100: 90}, on=IN_PREVIOUS, mode="paper")

        assert (await self.compare(read))["reason"] == "collection_mode_changed"

    @pytest.mark.parametrize(("on_paper", "is_broken"), [(10, False), (11, True), (95, True)])
    async def test_the_mix_of_ways_may_shift_by_a_tenth(
        self, read: Read, session: AsyncSession, on_paper: int, is_broken: bool
    ) -> None:
        # This quarter's hundred answers all came by the web.
        await add_answers(session, "chat", "satisfied", {100: 100 - on_paper}, on=IN_PREVIOUS)
        await add_answers(session, "chat", "satisfied", {0: on_paper}, on=IN_PREVIOUS, mode="paper")

        comparison = await self.compare(read)

        assert comparison["reason"] == ("collection_mode_changed" if is_broken else None)
        assert comparison["change"] == ("not_comparable" if is_broken else "fell")

    async def test_answers_all_alike_tell_no_change(self, read: Read, session: AsyncSession) -> None:
        await add_answers(session, "chat", "satisfied", {100: 90}, on=IN_PREVIOUS)

        comparison = await self.compare(read)

        assert (comparison["difference"], comparison["change"]) == (-40.0, "not_comparable")
        assert comparison["reason"] == "too_few"


class TestSmileys:
    @pytest.fixture(autouse=True)
    async def presses(self, session: AsyncSession) -> None:
        """10,000 presses at two service points."""
        await add_survey(session, "terminals", "smiley", SMILEYS)
        kallio = "kallio-health-station"
        malmi = "malmi-health-station"
        await add_presses(session, "terminals", kallio, {3: 5000, 2: 2000, 1: 500, 0: 500})
        await add_presses(session, "terminals", malmi, {3: 600, 2: 400, 1: 400, 0: 600})
        await add_presses(session, "terminals", malmi, {3: 70, 2: 0, 1: 0, 0: 30}, on=IN_PREVIOUS)

    async def test_four_of_five_are_satisfied_and_the_index_is_75(self, read: Read) -> None:
        smileys = (await read())["smileys"]

        assert smileys["presses"]["value"] == 10000
        satisfied = smileys["satisfied_share"]
        assert (satisfied["value"], satisfied["count"], satisfied["base"]) == (80.0, 8000, 10000)
        assert satisfied["interval"] == [79.2, 80.8]
        assert smileys["happy_index"]["value"] == 75.0
        assert shares(smileys["distribution"]) == {
            "very_happy": 56.0,
            "happy": 24.0,
            "unhappy": 9.0,
            "very_unhappy": 11.0,
        }

    async def test_by_service_point(self, read: Read) -> None:
        kallio, malmi = (await read())["smileys"]["service_points"]

        assert (kallio["presses"]["value"], kallio["satisfied_share"]["value"]) == (8000, 87.5)
        # (600 × 100 + 400 × 66.67 + 400 × 33.33) / 2000
        assert (malmi["code"], malmi["happy_index"]["value"]) == ("malmi-health-station", 50.0)

    async def test_presses_are_shown_but_never_tested(self, read: Read) -> None:
        smileys = (await read())["smileys"]

        previous = smileys["satisfied_share"]["previous_quarter"]
        assert (previous["value"], previous["difference"], previous["difference_interval"]) == (70.0, 10.0, None)
        assert (previous["change"], previous["reason"]) == ("not_comparable", "device_presses")
        assert "not independent people" in smileys["note"]["en"]

    async def test_narrows_to_a_service_point(self, read: Read) -> None:
        smileys = (await read(unit="malmi-health-station"))["smileys"]

        assert (smileys["presses"]["value"], len(smileys["service_points"])) == (2000, 1)

    async def test_five_smileys_lie_a_quarter_apart(self, read: Read, session: AsyncSession) -> None:
        await add_survey(session, "five", "smiley", {"mood": {"kind": "smiley_5", "purpose": "satisfaction"}})
        point = "kinapori-service-centre"
        await add_presses(session, "five", point, {4: 10, 3: 10, 2: 10, 1: 5, 0: 5})

        smileys = (await read(unit="kinapori-service-centre"))["smileys"]

        assert smileys["satisfied_share"]["value"] == 50.0
        # (10 × 100 + 10 × 75 + 10 × 50 + 5 × 25) / 40 = 59.375
        assert smileys["happy_index"]["value"] == 59.38
        assert shares(smileys["distribution"])["neutral"] == 25.0


class TestClientSurveys:
    async def test_grade_has_two_decimals(self, read: Read, session: AsyncSession) -> None:
        await add_survey(session, "clients", "questionnaire", {"grade": {"kind": "grade", "purpose": "overall_grade"}})
        await add_responses(session, "clients", 100)
        await add_answers(session, "clients", "grade", {8: 74, 9: 26})

        survey = (await read())["surveys"][0]

        assert survey["questions"][0]["figure"]["value"] == 8.26
        assert survey["questions"][0]["figure"]["unit"] == "grade"

    async def test_grades_from_seven_to_ten(self, read: Read, session: AsyncSession) -> None:
        await add_survey(session, "clients", "questionnaire", {"grade": {"kind": "grade"}})
        await add_answers(session, "clients", "grade", {7: 1, 10: 2})

        assert (await read())["surveys"][0]["questions"][0]["figure"]["value"] == 9.0

    async def test_scales_smileys_choices_and_yes(self, read: Read, session: AsyncSession) -> None:
        questions: Questions = {
            "scale": {"kind": "scale", "scale_steps": 3},
            "mood": {"kind": "smiley_4"},
            "choice": {"kind": "single_choice", "options": {1: "one", 2: "two"}},
            "yes": {"kind": "yes_no"},
        }
        await add_survey(session, "clients", "questionnaire", questions)
        await add_answers(session, "clients", "scale", {0: 10, 50: 10, 100: 10})
        await add_answers(session, "clients", "mood", {3: 10, 2: 10, 1: 10})
        await add_answers(session, "clients", "choice", {1: 10, 2: 30})
        await add_answers(session, "clients", "yes", {1: 10, 0: 10})

        scale, mood, choice, yes = (await read())["surveys"][0]["questions"]

        assert scale["figure"]["value"] == 50.0
        assert (mood["figure"]["value"], mood["options"][0]["code"]) == (66.67, "very_happy")
        assert (choice["figure"], shares(choice["options"])) == (None, {"one": 25.0, "two": 75.0})
        assert (yes["figure"]["measure"], yes["figure"]["value"]) == ("yes_share", 50.0)


class TestOmbudsman:
    async def test_services_are_shares_of_contacts_and_reasons_of_reasons(
        self, read: Read, session: AsyncSession
    ) -> None:
        await add_contacts(session, "family_and_social", 10, "self_determination", "other")
        await add_contacts(session, "other", 30, "access_to_information")
        await add_contacts(session, "other", 7, "other", on=IN_PREVIOUS)

        section = (await read())["ombudsman"]

        assert section["contacts"]["value"] == 40
        assert shares(section["by_service"])["family_and_social"] == 25.0
        assert section["reasons_recorded"]["value"] == 50
        reasons = {entry["code"]: (entry["number"]["value"], entry["share"]["value"]) for entry in section["by_reason"]}
        assert reasons["self_determination"] == (10, 20.0)
        assert reasons["access_to_information"] == (30, 60.0)
        assert section["contacts"]["previous_quarter"]["change"] == "rose"

    async def test_is_not_narrowed_to_a_unit(self, read: Read) -> None:
        report = await read(unit="sote-hospital")

        assert report["ombudsman"] is None
        assert "cannot be narrowed" in report["ombudsman_note"]["en"]
