"""DELETE …/content: the words go, the facts stay."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.scopes import Scope
from tests.conftest import add_key, client_of
from tests.feedback_api.test_import import event, record, send

pytestmark = pytest.mark.anyio


@pytest.fixture
async def eraser(app: FastAPI, session: AsyncSession) -> httpx.AsyncClient:
    return client_of(app, key=await add_key(session, Scope.FEEDBACK_ERASE, name="eraser"))


async def words_left(session: AsyncSession) -> int:
    left: int = (
        await session.execute(
            text("SELECT (SELECT count(*) FROM feedback_content) + (SELECT count(*) FROM feedback_event_content)")
        )
    ).scalar_one()
    return left


class TestErase:
    async def test_by_id(self, staff: httpx.AsyncClient, eraser: httpx.AsyncClient, session: AsyncSession) -> None:
        (made,) = await send(
            staff, record("1", event("interim_answered", 8, note="Hei"), event("answered", 9, note="A"))
        )
        before = (await staff.get(f"/v1/feedback/{made['id']}")).json()
        erased = await eraser.delete(f"/v1/feedback/{made['id']}/content")
        assert erased.json() == {"feedback_id": made["id"], "contents": 1, "attachments": 0, "notes": 2}
        after = (await staff.get(f"/v1/feedback/{made['id']}")).json()
        assert after["content"] is None
        assert [event["note"] for event in after["events"]] == [None, None, None]
        assert {key: after[key] for key in ("state", "handled_at", "type", "themes", "receipt")} == {
            key: before[key] for key in ("state", "handled_at", "type", "themes", "receipt")
        }
        assert await words_left(session) == 0

    async def test_by_receipt_and_again(self, public: httpx.AsyncClient, eraser: httpx.AsyncClient) -> None:
        receipt = (await public.post("/v1/feedback", json={"text": "Unohtakaa minut"})).json()["receipt"]
        first = await eraser.delete(f"/v1/receipts/{receipt.lower()}/content")
        again = await eraser.delete(f"/v1/receipts/{receipt}/content")
        assert (first.json()["contents"], again.json()["contents"]) == (1, 0)
        assert (await public.get(f"/v1/receipts/{receipt}")).json()["state"] == "received"

    async def test_others_keep_their_words(
        self, staff: httpx.AsyncClient, eraser: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        made = await send(staff, record("1"), record("noise"))
        await eraser.delete(f"/v1/feedback/{made[0]['id']}/content")
        assert await words_left(session) == 1

    @pytest.mark.parametrize(
        ("path", "code"),
        [
            ("/v1/feedback/01926f3e-7b44-7c5e-9c1a-3f2f6f1f0d11/content", "feedback_not_found"),
            ("/v1/receipts/AAAA-BBBB-CCCC-DDDD/content", "receipt_not_found"),
        ],
    )
    async def test_nothing_there(self, eraser: httpx.AsyncClient, path: str, code: str) -> None:
        answer = await eraser.delete(path)
        assert (answer.status_code, answer.json()["code"]) == (404, code)

    async def test_it_needs_its_own_scope(self, public: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
        path = "/v1/feedback/01926f3e-7b44-7c5e-9c1a-3f2f6f1f0d11/content"
        assert (await public.delete(path)).status_code == 401
        assert (await staff.delete(path)).status_code == 403
