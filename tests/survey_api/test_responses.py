"""Answering a survey: what is taken, what is refused and how, and what is counted."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.survey_api.factories import RIGHT_ANSWERS, add_survey, count, histogram, question, reasons

pytestmark = pytest.mark.anyio

PATH = "/v1/surveys/chat/responses"


@pytest.fixture
async def chat(staff: httpx.AsyncClient) -> dict[str, Any]:
    return await add_survey(staff)


@pytest.mark.usefixtures("chat")
class TestSubmit:
    async def test_anyone_may_answer(self, public: httpx.AsyncClient, session: AsyncSession) -> None:
        answer = await public.post(PATH, json={"answers": RIGHT_ANSWERS})
        assert (answer.status_code, list(answer.json())) == (201, ["id"])
        assert await histogram(session) == {
            ("_responses", 1): 1,
            ("scale", 75): 1,
            ("smiley_4", 2): 1,
            ("smiley_5", 2): 1,
            ("single", 2): 1,
            ("multiple", 0): 1,
            ("multiple", 1): 1,
            ("multiple", 3): 1,
            ("yes_no", 1): 1,
            ("grade", 9): 1,
            ("nps", 10): 1,
            ("comment", 1): 1,
        }

    async def test_texts_are_kept_apart_from_the_answers(
        self, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await public.post(PATH, json={"answers": {"scale": 100, "comment": "  Soittakaa!  "}})
        stored = (await session.execute(text("SELECT answers FROM survey_response"))).scalar_one()
        content = (await session.execute(text("SELECT comments FROM survey_response_content"))).scalar_one()
        assert (stored, content) == ({"scale": 100, "comment": True}, {"comment": "Soittakaa!"})

    async def test_an_unknown_survey_is_not_found(self, public: httpx.AsyncClient) -> None:
        answer = await public.post("/v1/surveys/nowhere/responses", json={"answers": {"scale": 0}})
        assert (answer.status_code, answer.json()["code"]) == (404, "survey_not_found")

    async def test_is_counted_at_the_service_point_day_and_hour(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        given = {
            "given_at": "2021-06-30T21:00:00Z",
            "service_point": "ruskeasuo-dental-clinic",
            "collection_mode": "device",
            "answers": {"scale": 0},
        }
        assert (await staff.post(PATH, json=given)).status_code == 201
        rows = await session.execute(
            text(
                "SELECT service_point_code, given_on::text, given_hour, collection_mode FROM answer_histogram"
                " WHERE question_code = 'scale'"
            )
        )
        assert list(rows) == [("ruskeasuo-dental-clinic", "2021-07-01", 0, "device")]

    @pytest.mark.parametrize(
        ("answers", "field", "hint"),
        [
            ({}, "answers", "at least one question"),
            ({"mood": 1}, "answers.mood", "its questions are scale, smiley_4"),
            ({"scale": 60}, "answers.scale", "0, 25, 50, 75, 100"),
            ({"scale": 125}, "answers.scale", "0, 25, 50, 75, 100"),
            ({"scale": -25}, "answers.scale", "0, 25, 50, 75, 100"),
            ({"scale": "75"}, "answers.scale", "0, 25, 50, 75, 100"),
            ({"scale": True}, "answers.scale", "0, 25, 50, 75, 100"),
            ({"scale": 1e300}, "answers.scale", "0, 25, 50, 75, 100"),
            ({"scale": 10**300}, "answers.scale", "0, 25, 50, 75, 100"),
            ({"smiley_4": "neutral"}, "answers.smiley_4", "very_happy, happy, unhappy, very_unhappy"),
            ({"smiley_4": 3}, "answers.smiley_4", "very_happy"),
            ({"smiley_5": "ecstatic"}, "answers.smiley_5", "neutral"),
            ({"single": "parking"}, "answers.single", "'parking' is not an option; give one of booking, advice, other"),
            ({"single": ["booking"]}, "answers.single", "booking, advice, other"),
            ({"single": 1}, "answers.single", "booking, advice, other"),
            ({"multiple": "booking"}, "answers.multiple", "a list"),
            ({"multiple": []}, "answers.multiple", "leave the question out"),
            ({"multiple": ["booking", "booking"]}, "answers.multiple", "twice"),
            ({"multiple": ["booking", "parking"]}, "answers.multiple", "'parking' is not an option"),
            ({"multiple": [1]}, "answers.multiple", "list of option codes"),
            ({"yes_no": 1}, "answers.yes_no", "true for yes"),
            ({"yes_no": "true"}, "answers.yes_no", "true for yes"),
            ({"grade": 3}, "answers.grade", "from 4 to 10"),
            ({"grade": 11}, "answers.grade", "from 4 to 10"),
            ({"grade": 8.5}, "answers.grade", "from 4 to 10"),
            ({"nps": -1}, "answers.nps", "from 0 to 10"),
            ({"nps": 11}, "answers.nps", "from 0 to 10"),
            ({"comment": 5}, "answers.comment", "give a text"),
            ({"comment": "   "}, "answers.comment", "at least 1 character"),
            ({"comment": "x" * 10_001}, "answers.comment", "the limit is 10000"),
            ({"comment": "a\x00b"}, "answers.comment", "NUL"),
            ({"comment": None}, "answers.comment", "leave the question out"),
            ({"comment": {"fi": "x"}}, "answers.comment", "leave the question out"),
        ],
    )
    async def test_a_wrong_answer_is_named_with_its_remedy(
        self, public: httpx.AsyncClient, session: AsyncSession, answers: dict[str, Any], field: str, hint: str
    ) -> None:
        answer = await public.post(PATH, json={"answers": {"nps": 5} | answers if answers else {}})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        assert list(reasons(answer)) == [field]
        assert hint in reasons(answer)[field]
        assert await count(session, "survey_response") == 0

    @pytest.mark.parametrize(
        ("change", "field", "hint"),
        [
            ({"given_at": "2999-01-01T00:00:00Z"}, "given_at", "in the future"),
            ({"given_at": "1999-12-31T23:59:59Z"}, "given_at", "before 2000"),
            ({"given_at": "2021-05-04T09:30:00Z"}, "given_at", "check the clock and its year"),
            ({"given_at": "2021-05-04T09:30:00"}, "given_at", "offset"),
            ({"given_at": "yesterday"}, "given_at", "valid datetime"),
            ({"service_point": "atlantis"}, "service_point", "GET /v1/catalogue"),
            ({"version": 2}, "version", "1-1"),
            ({"version": 10**30}, "version", "the most is"),
            ({"collection_mode": "telepathy"}, "collection_mode", "chat"),
            ({"language": "suomi"}, "language", "such as fi, sv"),
            ({"interaction_id": "x" * 301}, "interaction_id", "300"),
            ({"id": "not-a-uuid"}, "id", "give one such as 0"),
            ({"colour": "red"}, "colour", "not a field"),
            ({"contact_email": "a@b.fi"}, "body", "please_handle"),
            ({"please_handle": True}, "please_handle", "written comment"),
            ({"please_handle": True, "contact_email": "nobody"}, "contact_email", "name@example.com"),
        ],
    )
    async def test_a_wrong_field_is_named_with_its_remedy(
        self, public: httpx.AsyncClient, change: dict[str, Any], field: str, hint: str
    ) -> None:
        answer = await public.post(PATH, json={"answers": {"nps": 5}} | change)
        assert answer.status_code == 422, answer.text
        assert hint in reasons(answer)[field]

    async def test_every_wrong_answer_is_named_at_once(self, public: httpx.AsyncClient) -> None:
        answer = await public.post(PATH, json={"answers": {"nps": 11, "grade": 3, "mood": 1}})
        assert set(reasons(answer)) == {"answers.nps", "answers.grade", "answers.mood"}

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b'{"answers": {"nps": 5}', 400),
            (b'{"answers": {"comment": "\xff\xfe"}}', 400),
            (b'{"answers": {"comment": "\\ud800"}}', 422),
            (b'{"answers": {"\\ud800": 5}}', 422),
            (b'{"answers": {"multiple": ["\\ud800"]}}', 422),
            (b'{"\\ud800": 5, "answers": {"nps": 5}}', 422),
            (b'{"answers": {"nps": NaN}}', 422),
            (b'{"answers": {"nps": Infinity}}', 422),
            (b'{"answers": ' + b"[" * 100_000 + b"}", 400),
            (b'{"answers": {"nps": ' + b"9" * 5000 + b"}}", 400),
            (b'{"answers": {"a\\u0000b": 5}}', 422),
            (b"[]", 422),
            (b"null", 422),
            (b"", 422),
        ],
    )
    async def test_a_body_that_is_no_right_json_is_a_problem(
        self, public: httpx.AsyncClient, body: bytes, status: int
    ) -> None:
        answer = await public.post(PATH, content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")

    @pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "garbage"])
    async def test_another_content_type_is_refused(self, public: httpx.AsyncClient, content_type: str) -> None:
        answer = await public.post(PATH, content=b'{"answers": {"nps": 5}}', headers={"Content-Type": content_type})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")

    async def test_a_body_over_the_limit_is_refused(self, public: httpx.AsyncClient) -> None:
        body = json.dumps({"answers": {"comment": "x" * 1_100_000}})
        answer = await public.post(PATH, content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")

    async def test_a_whole_number_may_be_written_with_a_decimal_point(
        self, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await public.post(PATH, json={"answers": {"scale": 50.0}})
        assert (await histogram(session))["scale", 50] == 1


class TestOpening:
    @pytest.mark.parametrize("given_at", ["2019-12-31T23:59:59+02:00", "2021-01-01T00:00:00+02:00"])
    async def test_answers_given_while_closed_are_refused(self, staff: httpx.AsyncClient, given_at: str) -> None:
        await add_survey(staff, opens_at="2020-01-01T00:00:00+02:00", closes_at="2021-01-01T00:00:00+02:00")
        answer = await staff.post(PATH, json={"given_at": given_at, "answers": {"nps": 5}})
        assert (answer.status_code, answer.json()["code"]) == (409, "survey_closed")

    @pytest.mark.parametrize("given_at", ["2020-01-01T00:00:00+02:00", "2020-12-31T23:59:59+02:00"])
    async def test_late_answers_given_while_open_are_taken(self, staff: httpx.AsyncClient, given_at: str) -> None:
        await add_survey(staff, opens_at="2020-01-01T00:00:00+02:00", closes_at="2021-01-01T00:00:00+02:00")
        answer = await staff.post(PATH, json={"given_at": given_at, "answers": {"nps": 5}})
        assert answer.status_code == 201

    async def test_a_required_question_must_be_answered(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient
    ) -> None:
        await add_survey(staff, questions=[question("must", "nps", is_required=True), question("may", "nps")])
        answer = await public.post(PATH, json={"answers": {"may": 5}})
        assert reasons(answer) == {"answers.must": "is missing; this question must be answered"}

    async def test_the_newest_version_is_answered_unless_one_is_named(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await add_survey(staff, questions=[question("old", "nps")])
        await staff.post("/v1/surveys/chat/versions", json={"questions": [question("new", "nps")]})
        for body in ({"answers": {"new": 5}}, {"version": 1, "answers": {"old": 5}}):
            assert (await public.post(PATH, json=body)).status_code == 201
        versions = await session.execute(text("SELECT version FROM survey_response ORDER BY version"))
        assert list(versions.scalars()) == [1, 2]


@pytest.mark.usefixtures("chat")
class TestRepeating:
    async def test_the_same_id_and_content_changes_nothing(
        self, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        body = {"id": str(uuid4()), "answers": RIGHT_ANSWERS}
        first, again = await public.post(PATH, json=body), await public.post(PATH, json=body)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json() == {"id": body["id"]}
        assert (await histogram(session))["_responses", 1] == 1
        assert await count(session, "survey_response") == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"answers": {"nps": 6}},
            {"answers": {"nps": 5, "grade": 4}},
            {"given_at": "2021-05-04T09:30:00+03:00"},
            {"language": "sv"},
            {"answers": {"nps": 5, "comment": "Moi"}},
        ],
    )
    async def test_the_same_id_with_other_content_is_a_conflict(
        self, staff: httpx.AsyncClient, session: AsyncSession, change: dict[str, Any]
    ) -> None:
        body = {"id": str(uuid4()), "answers": {"nps": 5}}
        await staff.post(PATH, json=body)
        answer = await staff.post(PATH, json=body | change)
        assert (answer.status_code, answer.json()["code"]) == (409, "response_conflict")
        assert await histogram(session) == {("_responses", 1): 1, ("nps", 5): 1}

    async def test_a_repeat_is_answered_after_a_new_version(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient
    ) -> None:
        body = {"id": str(uuid4()), "answers": {"nps": 5}}
        await public.post(PATH, json=body)
        await staff.post("/v1/surveys/chat/versions", json={"questions": [question("new", "nps")]})
        assert (await public.post(PATH, json=body)).status_code == 201

    @pytest.mark.usefixtures("way")
    async def test_the_same_idempotency_key_answers_the_same(
        self, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        body, headers = {"answers": {"nps": 5}}, {"Idempotency-Key": "press-1"}
        before = await count(session, "survey_response")
        first = await public.post(PATH, json=body, headers=headers)
        again = await public.post(PATH, json=body, headers=headers)
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["Idempotent-Replayed"] == "true"
        assert await count(session, "survey_response") == before + 1

    @pytest.mark.usefixtures("way")
    async def test_the_same_idempotency_key_with_another_body_is_refused(self, public: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "press-1"}
        await public.post(PATH, json={"answers": {"nps": 5}}, headers=headers)
        answer = await public.post(PATH, json={"answers": {"nps": 6}}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.usefixtures("chat")
class TestList:
    async def test_anonymous_is_refused(self, public: httpx.AsyncClient) -> None:
        assert (await public.get("/v1/responses")).status_code == 401

    async def test_key_without_the_scope_is_refused(self, stranger: httpx.AsyncClient) -> None:
        assert (await stranger.get("/v1/responses")).status_code == 403

    async def test_shows_answers_without_texts(self, staff: httpx.AsyncClient) -> None:
        await staff.post(PATH, json={"answers": {"nps": 5, "comment": "Salaisuus"}, "interaction_id": "visit-1"})
        answer = await staff.get("/v1/responses")
        assert "Salaisuus" not in answer.text
        [item] = answer.json()["items"]
        assert (item["answers"], item["interaction_id"]) == ({"nps": 5, "comment": True}, "visit-1")

    async def test_pages_through_all_once_and_in_order(self, staff: httpx.AsyncClient) -> None:
        sent = [(await staff.post(PATH, json={"answers": {"nps": score}})).json()["id"] for score in range(5)]
        seen: list[str] = []
        params: dict[str, Any] = {"limit": 2}
        while True:
            answer = await staff.get("/v1/responses", params=params)
            seen += [item["id"] for item in answer.json()["items"]]
            if answer.json()["next"] is None:
                break
            assert 'rel="next"' in answer.headers["Link"]
            params["cursor"] = answer.json()["next"]
        assert seen == sent

    async def test_filters_by_survey_and_local_days(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff, "noise")
        await staff.post("/v1/surveys/noise/responses", json={"answers": {"nps": 1}})
        for given_at in (
            "2021-03-31T20:59:59Z",
            "2021-03-31T21:00:00Z",
            "2021-04-01T20:59:59Z",
            "2021-04-01T21:00:00Z",
        ):
            await staff.post(PATH, json={"given_at": given_at, "answers": {"nps": 1}})
        answer = await staff.get("/v1/responses", params={"survey": "chat", "from": "2021-04-01", "to": "2021-04-01"})
        assert [item["given_at"] for item in answer.json()["items"]] == ["2021-03-31T21:00:00Z", "2021-04-01T20:59:59Z"]

    @pytest.mark.parametrize("params", [{"cursor": "x"}, {"limit": 0}, {"limit": 10_000}, {"from": "tomorrow"}])
    async def test_wrong_parameters_are_named(self, staff: httpx.AsyncClient, params: dict[str, Any]) -> None:
        answer = await staff.get("/v1/responses", params=params)
        assert (answer.status_code, list(reasons(answer))) == (422, list(params))
