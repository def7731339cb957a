"""Streams of responses: each line gets its own result, repeating doubles nothing."""

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.survey_api.factories import RIGHT_ANSWERS, add_survey, count, histogram, line, ndjson, send_lines

pytestmark = pytest.mark.anyio

PATH = "/v1/responses/import"


@pytest.fixture(autouse=True)
async def chat(staff: httpx.AsyncClient) -> dict[str, Any]:
    return await add_survey(staff)


class TestImport:
    async def test_anonymous_is_refused(self, public: httpx.AsyncClient) -> None:
        assert (await public.post(PATH, content=ndjson([line()]))).status_code == 401

    async def test_key_without_the_scope_is_refused(self, stranger: httpx.AsyncClient) -> None:
        assert (await stranger.post(PATH, content=ndjson([line()]))).status_code == 403

    async def test_each_line_gets_its_result_in_order(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        lines = [line(answers={"nps": score}) for score in (9, 10, 10)]
        results = await send_lines(staff, lines)
        assert [(result["line"], result["status"], result["id"]) for result in results] == [
            (number, "created", sent["id"]) for number, sent in enumerate(lines, start=1)
        ]
        assert await histogram(session) == {("_responses", 1): 3, ("nps", 9): 1, ("nps", 10): 2}

    async def test_repeating_changes_nothing(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        lines = [line(answers=RIGHT_ANSWERS) for _ in range(5)]
        await send_lines(staff, lines)
        before = await histogram(session)
        results = await send_lines(staff, [*lines, line(answers={"nps": 1})])
        assert [result["status"] for result in results] == ["unchanged"] * 5 + ["created"]
        assert await histogram(session) == before | {("_responses", 1): 6, ("nps", 1): 1}
        assert await count(session, "survey_response_content") == 5

    async def test_a_response_posted_before_is_unchanged(self, staff: httpx.AsyncClient) -> None:
        sent = line(answers=RIGHT_ANSWERS)
        posted = {field: value for field, value in sent.items() if field != "survey"}
        await staff.post("/v1/surveys/chat/responses", json=posted)
        assert [result["status"] for result in await send_lines(staff, [sent])] == ["unchanged"]

    async def test_the_same_id_with_other_content_is_refused(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        first = line()
        await send_lines(staff, [first])
        [result] = await send_lines(staff, [first | {"answers": {"scale": 0}}])
        assert (result["status"], result["code"]) == ("refused", "response_conflict")
        assert await histogram(session) == {("_responses", 1): 1, ("scale", 75): 1}

    async def test_the_same_id_twice_in_a_batch_is_taken_once(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        first = line()
        results = await send_lines(staff, [first, first, first | {"answers": {"scale": 0}}, line()])
        assert [result["status"] for result in results] == ["created", "unchanged", "refused", "created"]
        assert await histogram(session) == {("_responses", 1): 2, ("scale", 75): 2}

    @pytest.mark.parametrize(
        ("broken", "code", "field"),
        [
            ("{", "bad_request", None),
            (b'{"survey": "\xff"}', "bad_request", None),
            ("[]", "invalid_request", "body"),
            ('"text"', "invalid_request", "body"),
            (line(survey="nowhere"), "survey_not_found", None),
            (line(survey="a\x00b"), "invalid_request", "survey"),
            (line(given_at="2021-05-04T09:30:00"), "invalid_request", "given_at"),
            (line(given_at="1999-01-01T00:00:00Z"), "invalid_request", "given_at"),
            (line(given_at="2999-01-01T00:00:00Z"), "invalid_request", "given_at"),
            (line(given_at="2014-01-01T00:00:00Z"), "survey_closed", None),
            (line(answers={"scale": 30}), "invalid_request", "answers.scale"),
            (line(answers={"comment": "a\x00b"}), "invalid_request", "answers.comment"),
            (line(answers={"comment": "x" * 10_001}), "invalid_request", "answers.comment"),
            ('{"answers": {"comment": "\\ud800"}}', "bad_request", None),
            (line(answers={}), "invalid_request", "answers"),
            (line(service_point="atlantis"), "invalid_request", "service_point"),
            (line(colour="red"), "invalid_request", "colour"),
            (line(please_handle=True), "invalid_request", "please_handle"),
            (json.dumps(line(answers={"comment": "x" * 300_000})), "payload_too_large", None),
            ('{"answers": {"nps": NaN}}', "bad_request", None),
            ("[" * 100_000, "bad_request", None),
        ],
    )
    async def test_a_broken_line_is_refused_alone(
        self,
        staff: httpx.AsyncClient,
        session: AsyncSession,
        broken: dict[str, Any] | str | bytes,
        code: str,
        field: str | None,
    ) -> None:
        results = await send_lines(staff, [line(), broken, line()])
        assert [result["status"] for result in results] == ["created", "refused", "created"]
        assert (results[1]["line"], results[1]["code"]) == (2, code)
        if field is not None:
            assert field in [param["name"] for param in results[1]["invalid_params"]]
        assert await count(session, "survey_response") == 2

    async def test_every_third_line_broken_over_many_batches(
        self, app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        app.state.settings = app.state.settings.model_copy(update={"import_batch_lines": 7})
        lines = [line() if number % 3 else "{broken" for number in range(1, 101)]
        results = await send_lines(staff, lines)
        assert [result["status"] for result in results] == [
            "created" if number % 3 else "refused" for number in range(1, 101)
        ]
        assert await histogram(session) == {("_responses", 1): 67, ("scale", 75): 67}

    async def test_blank_lines_are_passed_over_and_lines_keep_their_numbers(self, staff: httpx.AsyncClient) -> None:
        results = await send_lines(staff, ["", line(), "   ", line(), ""])
        assert [result["line"] for result in results] == [2, 4]

    async def test_a_batch_the_database_refuses_is_taken_line_by_line(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        # Stands for whatever the rules do not foresee: the database refuses one of the lines.
        await session.execute(
            text("ALTER TABLE survey_response ADD CONSTRAINT no_visit CHECK (interaction_reference <> 'bad')")
        )
        await session.commit()
        results = await send_lines(staff, [line(), line(interaction_id="bad"), line()])
        assert [result["status"] for result in results] == ["created", "refused", "created"]
        assert await histogram(session) == {("_responses", 1): 2, ("scale", 75): 2}
