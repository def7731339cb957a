"""Personal data in survey comments: masked before they are stored, hashed or put in the outbox."""

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.survey_api.factories import add_survey, count, line, send_lines

pytestmark = pytest.mark.anyio

COMMENT = "Hetuni on 131052-308T, soita 040 123 4567."
MASKED = "Hetuni on [hetu], soita [phone]."


async def comments(session: AsyncSession) -> list[str]:
    stored = await session.execute(text("SELECT comments ->> 'comment' FROM survey_response_content"))
    return list(stored.scalars())


class TestComments:
    async def test_are_masked_in_store_and_outbox(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await add_survey(staff)
        body = {
            "answers": {"scale": 100, "comment": COMMENT},
            "please_handle": True,
            "contact_name": "Aino 131052-308T",
            "contact_email": "aino@example.org",
            "interaction_id": "131052-308T",
        }
        answer = await public.post("/v1/surveys/chat/responses", json=body)
        assert answer.status_code == 201, answer.text
        assert await comments(session) == [MASKED]
        payload = (await session.execute(text("SELECT payload FROM comment_handover"))).scalar_one()
        assert payload["text"] == MASKED
        assert (payload["sender_name"], payload["sender_email"]) == ("Aino [hetu]", "aino@example.org")
        rows = (await session.execute(text("SELECT survey_response::text FROM survey_response"))).scalars().all()
        assert not any("131052" in row for row in rows)

    async def test_are_hashed_as_masked(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await add_survey(staff)
        for comment in (COMMENT, COMMENT, MASKED):
            body = {"id": "0190a3c2-6f1e-7b1a-9d53-0f2f1b7f9c11", "answers": {"scale": 100, "comment": comment}}
            assert (await public.post("/v1/surveys/chat/responses", json=body)).status_code == 201
        assert await count(session, "survey_response") == 1

    async def test_are_masked_in_imports(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        await add_survey(staff)
        results = await send_lines(staff, [line(answers={"scale": 100, "comment": COMMENT})])
        assert [result["status"] for result in results] == ["created"]
        assert await comments(session) == [MASKED]
