"""Survey definitions: registering, versions, reading."""

from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.survey_api.main import create
from tests.conftest import attach, client_of
from tests.survey_api.factories import add_survey, every_kind, labels, options, question, reasons, survey

pytestmark = pytest.mark.anyio


class TestRegister:
    async def test_anonymous_is_refused(self, public: httpx.AsyncClient) -> None:
        assert (await public.post("/v1/surveys", json=survey())).status_code == 401

    async def test_key_without_the_scope_is_refused(self, stranger: httpx.AsyncClient) -> None:
        answer = await stranger.post("/v1/surveys", json=survey())
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

    async def test_answers_with_version_1_and_numbered_options(self, staff: httpx.AsyncClient) -> None:
        answer = await staff.post("/v1/surveys", json=survey(is_demonstration=True))
        assert answer.status_code == 201
        added = answer.json()
        assert (added["version"], added["is_open"], added["is_demonstration"]) == (1, True, True)
        assert [asked["code"] for asked in added["questions"]] == [asked["code"] for asked in every_kind()]
        single = next(asked for asked in added["questions"] if asked["code"] == "single")
        assert [(option["code"], option["number"]) for option in single["options"]] == [
            ("booking", 1),
            ("advice", 2),
            ("other", 3),
        ]

    async def test_a_taken_code_is_a_conflict(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff)
        answer = await staff.post("/v1/surveys", json=survey())
        assert (answer.status_code, answer.json()["code"]) == (409, "survey_exists")

    async def test_repeating_with_the_idempotency_key_answers_the_same(self, staff: httpx.AsyncClient) -> None:
        first = await staff.post("/v1/surveys", json=survey(), headers={"Idempotency-Key": "once"})
        again = await staff.post("/v1/surveys", json=survey(), headers={"Idempotency-Key": "once"})
        assert (again.status_code, again.json()) == (201, first.json())

    @pytest.mark.parametrize(
        ("change", "field", "hint"),
        [
            ({"unit": "atlantis"}, "unit", "GET /v1/catalogue"),
            ({"closes_at": "2014-01-01T00:00:00+02:00"}, "closes_at", "later"),
            ({"opens_at": "2021-01-01T00:00:00"}, "opens_at", "offset"),
            ({"opens_at": "0001-01-01T00:00:00+14:00"}, "opens_at", "2000-"),
            ({"names": {"sv": "Chatt", "en": "Chat"}}, "names", "Finnish"),
            ({"code": "Not a slug"}, "code", "small letters"),
            ({"kind": "poll"}, "kind", "chat"),
            ({"colour": "red"}, "colour", "not a field"),
            ({"questions": []}, "questions", "at least 1"),
            ({"questions": [question("_responses", "nps")]}, "questions.0.code", "underscore"),
            ({"questions": [question("a", "nps"), question("a", "nps")]}, "questions.1.code", "another question"),
            ({"questions": [question("a", "scale")]}, "questions.0.scale_steps", "2, 3, 5, 6, 11"),
            ({"questions": [question("a", "scale", scale_steps=4)]}, "questions.0.scale_steps", "2, 3, 5, 6, 11"),
            ({"questions": [question("a", "scale", scale_steps=1)]}, "questions.0.scale_steps", "2, 3, 5, 6, 11"),
            ({"questions": [question("a", "nps", scale_steps=5)]}, "questions.0.scale_steps", "leave it out"),
            ({"questions": [question("a", "single_choice")]}, "questions.0.options", "at least one"),
            ({"questions": [question("a", "nps", options=options("x"))]}, "questions.0.options", "leave them out"),
            (
                {"questions": [question("a", "single_choice", options=options("x", "x"))]},
                "questions.0.options.1.code",
                "twice",
            ),
            ({"questions": [question("a", "feeling")]}, "questions.0.kind", "smiley_4"),
            ({"questions": [{"code": "a", "kind": "nps", "labels": {"en": "?"}}]}, "questions.0.labels", "Finnish"),
        ],
    )
    async def test_a_wrong_field_is_named_with_its_remedy(
        self, staff: httpx.AsyncClient, change: dict[str, Any], field: str, hint: str
    ) -> None:
        answer = await staff.post("/v1/surveys", json=survey(**change))
        assert answer.status_code == 422, answer.text
        assert hint in reasons(answer)[field]

    async def test_a_number_given_twice_is_refused(self, staff: httpx.AsyncClient) -> None:
        twice = [{**option, "number": 3} for option in options("x", "y")]
        answer = await staff.post("/v1/surveys", json=survey(questions=[question("a", "single_choice", options=twice)]))
        assert reasons(answer) == {"questions.0.options.1.number": "is the number of 'x'; give another or leave it out"}

    async def test_another_content_type_is_refused(self, staff: httpx.AsyncClient) -> None:
        answer = await staff.post("/v1/surveys", content="code=chat", headers={"Content-Type": "text/plain"})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


class TestPublishVersion:
    async def test_anonymous_is_refused(self, public: httpx.AsyncClient) -> None:
        assert (await public.post("/v1/surveys/chat/versions", json={"questions": []})).status_code == 401

    async def test_an_unknown_survey_is_not_found(self, staff: httpx.AsyncClient) -> None:
        answer = await staff.post("/v1/surveys/nowhere/versions", json={"questions": every_kind()})
        assert (answer.status_code, answer.json()["code"]) == (404, "survey_not_found")

    async def test_the_earlier_version_stays(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff)
        answer = await staff.post("/v1/surveys/chat/versions", json={"questions": [question("grade", "grade")]})
        assert (answer.status_code, answer.json()["version"], answer.json()["newest_version"]) == (201, 2, 2)
        first = (await public.get("/v1/surveys/chat", params={"version": 1})).json()
        assert len(first["questions"]) == len(every_kind())

    async def test_options_keep_their_numbers_and_new_ones_get_the_next(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff, questions=[question("topic", "single_choice", options=options("a", "b", "c"))])
        shorter = [question("topic", "single_choice", options=options("c", "d"))]
        await staff.post("/v1/surveys/chat/versions", json={"questions": shorter})
        third = [question("topic", "single_choice", options=options("e", "a", "d"))]
        answer = await staff.post("/v1/surveys/chat/versions", json={"questions": third})
        numbers = {option["code"]: option["number"] for option in answer.json()["questions"][0]["options"]}
        assert numbers == {"e": 5, "a": 1, "d": 4}

    async def test_a_question_keeps_its_kind(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff, questions=[question("mood", "smiley_4")])
        changed = [question("mood", "smiley_5")]
        answer = await staff.post("/v1/surveys/chat/versions", json={"questions": changed})
        assert answer.status_code == 422
        assert "was smiley_4" in reasons(answer)["questions.0.kind"]

    async def test_an_option_cannot_take_another_ones_number(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff, questions=[question("topic", "single_choice", options=options("a", "b"))])
        wrong = [
            {"code": "a", "number": 2, "labels": labels("a")},
            {"code": "new", "number": 1, "labels": labels("new")},
        ]
        answer = await staff.post(
            "/v1/surveys/chat/versions", json={"questions": [question("topic", "single_choice", options=wrong)]}
        )
        assert reasons(answer) == {
            "questions.0.options.0.number": "'a' has the number 1; keep it or leave it out",
            "questions.0.options.1.number": "is the number of 'a'; give another or leave it out",
        }

    async def test_another_process_sees_the_new_version_at_once(
        self, staff: httpx.AsyncClient, connection: AsyncConnection
    ) -> None:
        await add_survey(staff, questions=[question("old", "nps")])
        async with client_of(attach(create(), connection)) as other_process:
            before = await other_process.post("/v1/surveys/chat/responses", json={"answers": {"old": 1}})
            await staff.post("/v1/surveys/chat/versions", json={"questions": [question("new", "nps")]})
            after = await other_process.post("/v1/surveys/chat/responses", json={"answers": {"new": 1}})
        assert (before.status_code, after.status_code) == (201, 201)


class TestRead:
    async def test_lists_open_surveys_by_default(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff, "running")
        await add_survey(staff, "over", closes_at="2016-01-01T00:00:00+02:00")
        await add_survey(staff, "ahead", opens_at="2099-01-01T00:00:00+02:00")
        listed = {
            status: [
                item["code"] for item in (await public.get("/v1/surveys", params={"status": status})).json()["items"]
            ]
            for status in ("open", "closed", "all")
        }
        assert listed == {"open": ["running"], "closed": ["ahead", "over"], "all": ["ahead", "over", "running"]}
        assert [item["code"] for item in (await public.get("/v1/surveys")).json()["items"]] == ["running"]

    async def test_an_unknown_status_is_refused(self, public: httpx.AsyncClient) -> None:
        answer = await public.get("/v1/surveys", params={"status": "asleep"})
        assert "open" in reasons(answer)["status"]

    async def test_an_unknown_survey_is_not_found(self, public: httpx.AsyncClient) -> None:
        assert (await public.get("/v1/surveys/nowhere")).json()["code"] == "survey_not_found"

    async def test_an_unknown_version_is_not_found(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff)
        answer = await public.get("/v1/surveys/chat", params={"version": 2})
        assert (answer.status_code, answer.json()["code"]) == (404, "survey_version_not_found")
