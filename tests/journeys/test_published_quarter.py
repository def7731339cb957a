"""A newcomer starts Katsaus and sees the published quarter come out right."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import httpx
import pytest

from services.cli.demo.counts import SMILEYS
from tests.journeys.conftest import Up, katsaus

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]


@pytest.fixture(scope="module")
def report(katsaus_up: Up) -> Any:
    return katsaus_up.get("/v1/quarters/2021-Q2")


def by_code(entries: Iterable[Any]) -> dict[str, Any]:
    return {entry["code"]: entry for entry in entries}


def rounded(value: float, like: str) -> str:
    return str(Decimal(str(value)).quantize(Decimal(like), ROUND_HALF_UP))


def shares(entries: Iterable[Any]) -> dict[str, float]:
    return {entry["code"]: entry["share"]["value"] for entry in entries}


class TestFeedback:
    def test_received(self, report: Any) -> None:
        assert report["feedback"]["received"]["value"] == 2389

    def test_a_good_thousand_more_than_a_year_before(self, report: Any) -> None:
        assert report["feedback"]["received"]["same_quarter_last_year"]["difference"] == 1049

    def test_mean_handling_time_and_share_under_target(self, report: Any) -> None:
        feedback = report["feedback"]
        assert rounded(feedback["handling_time"]["mean"]["value"], "1") == "4"
        assert feedback["on_target"]["share"]["value"] == 82.8
        assert (feedback["on_target"]["share"]["count"], feedback["on_target"]["share"]["base"]) == (1815, 2192)
        assert feedback["on_target"]["target_days"] == 5

    def test_balance_holds(self, report: Any) -> None:
        assert report["feedback"]["balance"] == {
            "received": 2389,
            "counted": 2200,
            "transferred_out": 131,
            "inappropriate": 58,
            "handled": 2192,
            "open": 8,
            "holds": True,
        }

    def test_types_are_of_counted_items(self, report: Any) -> None:
        numbers = {entry["code"]: entry["number"]["value"] for entry in report["feedback"]["by_type"]}
        assert numbers == {
            "complaint": 1012,
            "question": 594,
            "compliment": 286,
            "idea": 188,
            "accessibility": 22,
            "other": 98,
        }
        assert sum(numbers.values()) == 2200

    def test_topics_of_the_top_ten(self, report: Any) -> None:
        numbers = {entry["code"]: entry["number"]["value"] for entry in report["feedback"]["by_topic"]}
        top = sorted((code for code in numbers if code), key=lambda code: -numbers[code])[:10]
        assert {code: numbers[code] for code in top} == {
            "vaccination_booking": 402,
            "access_to_care": 381,
            "maisa_e_services": 247,
            "staff_and_treatment": 214,
            "vaccination_certificate": 163,
            "vaccination_sites": 135,
            "apotti": 118,
            "oral_health_booking": 104,
            "home_care": 86,
            "telephone_service": 79,
        }
        assert sum(numbers.values()) == 2200

    def test_theme_of_vaccinations_by_type(self, report: Any) -> None:
        theme = by_code(report["themes"])["covid_vaccination"]
        numbers = {entry["code"]: entry["number"]["value"] for entry in theme["by_type"] if entry["number"]["value"]}
        assert numbers == {"complaint": 268, "question": 231, "compliment": 141, "idea": 38, "other": 22}


class TestChats:
    @pytest.mark.parametrize(
        ("code", "mean", "respondents"),
        [
            ("dental-chat", 40, 212),
            ("senior-info-chat", 50, 58),
            ("housing-advice-chat", 65, 134),
            ("social-advice-chat", 60, 187),
        ],
    )
    def test_mean_satisfaction(self, report: Any, code: str, mean: int, respondents: int) -> None:
        chat = by_code(report["chats"])[code]
        assert chat["satisfaction"]["value"] == mean
        assert chat["respondents"]["value"] == respondents

    @pytest.mark.parametrize(
        ("code", "mean"),
        [
            ("dental-chat", None),
            ("senior-info-chat", None),
            ("housing-advice-chat", 55),
            ("social-advice-chat", 64),
        ],
    )
    def test_the_quarter_before(self, report: Any, code: str, mean: int | None) -> None:
        before = by_code(report["chats"])[code]["satisfaction"]["previous_quarter"]
        assert before["value"] == mean
        if mean is None:
            assert before["change"] == "not_comparable"

    @pytest.mark.parametrize(
        ("code", "published", "is_multiple"),
        [
            ("dental-chat", {"booking": "78", "advice_and_other": "16", "care_instructions": "17"}, True),
            ("senior-info-chat", {"instructions": "55", "general_advice": "33"}, False),
            (
                "housing-advice-chat",
                {
                    "applying_for_housing": "32",
                    "information_on_housing": "29",
                    "other_advice": "24",
                    "consultation_between_experts": "9",
                    "social_services_and_benefits": "6",
                },
                False,
            ),
        ],
    )
    def test_contact_topics(self, report: Any, code: str, published: dict[str, str], is_multiple: bool) -> None:
        (question,) = by_code(report["chats"])[code]["questions"]
        found = shares(question["options"])
        assert {option: rounded(found[option], "1") for option in published} == published
        assert question["is_multiple_response"] is is_multiple

    def test_statements(self, report: Any) -> None:
        found = shares(by_code(report["chats"])["social-advice-chat"]["statements"])
        assert rounded(found["got_the_help_needed"], "1") == "54"
        assert rounded(found["effortless_to_use"], "1") == "66"


class TestOmbudsman:
    def test_contacts_by_service(self, report: Any) -> None:
        assert report["ombudsman"]["contacts"]["value"] == 446
        found = shares(report["ombudsman"]["by_service"])
        assert {code: rounded(share, "1") for code, share in found.items()} == {
            "health_and_substance_abuse": "55",
            "family_and_social": "17",
            "hospital_rehabilitation_and_care": "12",
            "other": "16",
        }

    def test_reasons(self, report: Any) -> None:
        assert report["ombudsman"]["reasons_recorded"]["value"] == 439
        found = shares(report["ombudsman"]["by_reason"])
        assert rounded(found["dissatisfaction_with_care_and_treatment"], "1") == "29"
        assert rounded(found["self_determination"], "0.1") == "8.2"
        assert rounded(found["access_to_information"], "0.1") == "7.5"


class TestParticipation:
    def test_the_registers_are_counted(self, report: Any) -> None:
        section = report["participation"]
        reports = section["social_reports"]
        assert (reports["reports"]["value"], reports["reasons_recorded"]["value"]) == (84, 100)
        assert shares(reports["by_reason"])["livelihood"] == 22.0
        assert [section[name]["value"] for name in ("meetings", "participants", "proposals", "initiatives")] == [
            5,
            46,
            4,
            4,
        ]
        assert (section["proposals_answered"]["value"], section["initiatives_decided"]["value"]) == (4, 1)

    def test_they_are_told_in_words_and_marked(self, katsaus_up: Up) -> None:
        words = katsaus_up.get("/v1/quarters/2021-Q2/participation")
        assert words["demonstration"]["is_demonstration"]
        assert [len(words[name]) for name in ("meetings", "proposals", "initiatives")] == [5, 6, 5]


class TestSmileys:
    def test_satisfied_share_and_happy_index(self, report: Any) -> None:
        smileys = report["smileys"]
        assert smileys["presses"]["value"] == 10_000
        assert smileys["satisfied_share"]["value"] == 80.0
        assert smileys["happy_index"]["value"] == 75.0

    def test_each_service_point(self, report: Any) -> None:
        presses = {point["code"]: point["presses"]["value"] for point in report["smileys"]["service_points"]}
        assert presses == {point: sum(counts) for point, counts in SMILEYS["2021-Q2"].items()}


class TestCustomerSurvey:
    @pytest.mark.parametrize(("unit", "grade"), [("sote-family", 8.26), ("sote-health", 8.52), ("sote-hospital", 8.6)])
    def test_grade_of_a_service_package(self, katsaus_up: Up, unit: str, grade: float) -> None:
        report = katsaus_up.get("/v1/quarters/2015-Q1", unit=unit)
        (question,) = by_code(report["surveys"])["customer-survey-2015"]["questions"]
        assert question["figure"]["value"] == grade


class TestTrust:
    def test_statements_agree_on_every_number(self, katsaus_up: Up) -> None:
        report = katsaus_up.get("/v1/quarters/2021-Q2", check="statements")
        assert {entry["service"]: entry["status"] for entry in report["statements"]} == {
            "feedback_api": "agree",
            "survey_api": "agree",
        }
        for entry in report["statements"]:
            assert entry["compared"] == len(entry["numbers"]) > 0
            assert all(number["agrees"] and number["figure"] == number["statement"] for number in entry["numbers"])

    def test_demonstration_data_is_labelled(self, report: Any) -> None:
        assert report["demonstration"]["is_demonstration"] is True
        assert set(report["demonstration"]["note"]) >= {"fi", "sv", "en"}

    def test_public_sees_the_published_figures_without_a_key(self, katsaus_up: Up) -> None:
        with katsaus_up.client(2) as client:
            report = client.get("/v1/quarters/2021-Q2").json()
        assert report["feedback"]["received"]["value"] == 2389
        assert by_code(report["chats"])["dental-chat"]["satisfaction"]["value"] == 40

    def test_handling_needs_a_key(self, katsaus_up: Up) -> None:
        with katsaus_up.client(0) as client:
            refusal = client.get("/v1/feedback")
        assert refusal.status_code == 401
        assert refusal.headers["Content-Type"] == "application/problem+json"


class TestStartedCommand:
    def test_prints_addresses_documentation_figures_and_key(self, katsaus_up: Up) -> None:
        for port in katsaus_up.ports:
            assert f"http://127.0.0.1:{port}/docs" in katsaus_up.output
            assert httpx.get(f"http://127.0.0.1:{port}/docs", trust_env=False).status_code == 200
        assert f"http://127.0.0.1:{katsaus_up.ports[2]}/v1/quarters/2021-Q2" in katsaus_up.output
        assert katsaus_up.key in katsaus_up.output

    def test_shows_that_every_published_value_agrees(self, katsaus_up: Up) -> None:
        assert "33 of 33 published values agree" in katsaus_up.output

    def test_publishes_the_review_of_the_quarter(self, katsaus_up: Up) -> None:
        assert f"http://127.0.0.1:{katsaus_up.ports[2]}/reviews/\n" in katsaus_up.output
        with katsaus_up.client(2) as client:
            editions = client.get("/v1/editions").json()["editions"]
            assert client.get("/reviews/2021-Q2", params={"lang": "sv"}).status_code == 200
        # Other tests may publish other quarters on the same services.
        made = [(it["version"], it["state"]) for it in editions if it["quarter"] == "2021-Q2"]
        assert made == [(1, "published")]

    def test_the_key_that_signed_them_off_is_revoked(self, katsaus_up: Up) -> None:
        listed = katsaus("key", "list", environ=katsaus_up.environ | {"COLUMNS": "300"})
        (line,) = [line for line in listed.stdout.splitlines() if "demonstration-signer" in line]
        assert line.split("│")[-1].strip() == line.split("│")[-3].strip()

    def test_demonstration_loaded_again_changes_nothing(self, katsaus_up: Up) -> None:
        before = katsaus_up.get("/v1/quarters/2021-Q1")
        assert katsaus("demo", environ=katsaus_up.environ).returncode == 0
        after = katsaus_up.get("/v1/quarters/2021-Q1")
        assert {**after, "as_of": None} == {**before, "as_of": None}

    def test_keys_are_managed_while_it_runs(self, katsaus_up: Up) -> None:
        made = katsaus("key", "create", "journey", "--scope", "feedback:handle", environ=katsaus_up.environ)
        with katsaus_up.client(0, key=made.stdout.strip()) as client:
            assert client.get("/v1/feedback").status_code == 200
            assert katsaus("key", "revoke", "journey", environ=katsaus_up.environ).returncode == 0
            assert client.get("/v1/feedback").status_code == 401
