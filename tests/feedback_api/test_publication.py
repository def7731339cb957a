"""Publication: a sender's permission and a moderator's release are two facts; nothing is listed without both."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.scopes import Scope
from tests.conftest import add_key, client_of
from tests.feedback_api.test_import import event, record
from tests.feedback_api.test_import import send as send_lines

pytestmark = pytest.mark.anyio

REQUESTS = "/open311/v2/requests"
PUBLISH = {"decision": "publish"}


@pytest.fixture
async def moderator(app: FastAPI, session: AsyncSession) -> AsyncIterator[httpx.AsyncClient]:
    key = await add_key(session, Scope.FEEDBACK_MODERATE, name="moderator")
    async with client_of(app, key=key) as client:
        yield client


async def send(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    response = await client.post("/v1/feedback", json={"text": "Puistossa on roskia"} | fields)
    assert response.status_code == 201, response.text
    receipt: dict[str, Any] = response.json()
    return receipt


async def listed(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    items = (await client.get(f"{REQUESTS}.json")).json()
    return [(item["service_request_id"], item["description"]) for item in items]


async def permission_of(staff: httpx.AsyncClient, feedback_id: str) -> bool:
    permitted: bool = (await staff.get(f"/v1/feedback/{feedback_id}")).json()["publication_permitted"]
    return permitted


@pytest.mark.parametrize("encoding", ["json", "data"])
async def test_permitted_and_released_is_listed(
    public: httpx.AsyncClient, staff: httpx.AsyncClient, moderator: httpx.AsyncClient, encoding: str
) -> None:
    sent: dict[str, Any] = {"text": "Kiitos!", "publication_permitted": True if encoding == "json" else "yes"}
    made = (await public.post("/v1/feedback", **{encoding: sent})).json()  # type: ignore[arg-type]
    assert await permission_of(staff, made["id"])
    assert await listed(public) == [], "a permission alone publishes nothing"
    (waiting,) = (await moderator.get("/v1/publications")).json()["items"]
    assert (waiting["feedback_id"], waiting["moderation"]) == (made["id"], "pending")
    decided = await moderator.put(f"/v1/feedback/{made['id']}/publication", json=PUBLISH)
    assert decided.json()["moderation"] == "published"
    assert await listed(public) == [(made["id"], "Kiitos!")]


async def test_not_permitted_is_never_listed(
    public: httpx.AsyncClient, staff: httpx.AsyncClient, moderator: httpx.AsyncClient
) -> None:
    made = await send(public)
    assert not await permission_of(staff, made["id"])
    assert (await moderator.get("/v1/publications")).json()["items"] == []
    refused = await moderator.put(f"/v1/feedback/{made['id']}/publication", json=PUBLISH)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_publishable")
    assert await listed(public) == []


async def test_a_permission_is_kept_where_the_city_has_no_service_to_list_it_under(
    app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient, moderator: httpx.AsyncClient
) -> None:
    settings = app.state.settings
    app.state.settings = settings.model_copy(update={"open311_default_service": "nowhere"})
    made = await send(public, publication_permitted=True)
    assert await permission_of(staff, made["id"])
    path = f"/v1/feedback/{made['id']}/publication"
    assert (await moderator.put(path, json=PUBLISH)).status_code == 409
    app.state.settings = settings
    assert (await moderator.put(path, json=PUBLISH)).status_code == 200, "the service has come since"
    assert [feedback_id for feedback_id, _ in await listed(public)] == [made["id"]]


@pytest.mark.parametrize("flag", ["true", "false", None])
async def test_open311s_flag_is_the_same_fact(
    public: httpx.AsyncClient, staff: httpx.AsyncClient, session: AsyncSession, flag: str | None
) -> None:
    sent = {"api_key": await add_key(session, Scope.FEEDBACK_SEND), "description": "Penkki on rikki"}
    answer = await public.post(f"{REQUESTS}.json", data=sent | ({"can_be_published": flag} if flag else {}))
    request_id = answer.json()[0]["service_request_id"]
    assert await permission_of(staff, request_id) is (flag != "false")
    assert (await public.get(f"{REQUESTS}/{request_id}.json")).status_code == 200, "followed by its id all the same"


@pytest.mark.parametrize("way", ["receipt", "moderator"])
async def test_withdrawn_is_gone_and_stays_gone(
    public: httpx.AsyncClient, staff: httpx.AsyncClient, moderator: httpx.AsyncClient, way: str
) -> None:
    made = await send(public, publication_permitted=True, text="Penkki on poikki")
    path = f"/v1/feedback/{made['id']}"
    await moderator.put(f"{path}/publication", json=PUBLISH | {"answer": "Korjataan"})
    assert await listed(public) != []
    client, at = (moderator, path) if way == "moderator" else (public, f"/v1/receipts/{made['receipt'].lower()}")
    for _ in range(2):
        assert (await client.delete(f"{at}/publication-permission")).status_code == 204
    assert await listed(public) == []
    (followed,) = (await public.get(f"{REQUESTS}/{made['id']}.json")).json()
    assert (followed["status"], followed["description"], followed["status_notes"]) == ("open", None, None)
    assert not await permission_of(staff, made["id"])
    assert (await public.get(f"/v1/receipts/{made['receipt']}")).json()["publication_permitted"] is False
    assert (await moderator.get("/v1/publications")).json()["items"] == []
    assert (await moderator.put(f"{path}/publication", json=PUBLISH)).status_code == 409
    assert (await staff.get(path)).json()["content"]["text"] == "Penkki on poikki", "it is handled as before"


async def test_only_the_sender_and_moderators_withdraw(public: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
    made = await send(public, publication_permitted=True)
    path = f"/v1/feedback/{made['id']}/publication-permission"
    assert (await public.delete(path)).status_code == 401
    assert (await staff.delete(path)).status_code == 403
    unknown = await public.delete("/v1/receipts/AAAA-AAAA-AAAA-AAAA/publication-permission")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "receipt_not_found")
    assert await permission_of(staff, made["id"])


async def test_an_imported_permission_awaits_a_moderator_and_its_withdrawal_is_an_event(
    staff: httpx.AsyncClient, moderator: httpx.AsyncClient
) -> None:
    lines = [
        record("1", event("answered", 9), publication_permitted=True),
        record("2", event("transferred", 9, recipient="HUS"), publication_permitted=True),
        record("3", event("answered", 9)),
    ]
    ids = [result["id"] for result in await send_lines(staff, *lines)]
    pending = (await moderator.get("/v1/publications")).json()["items"]
    assert {item["feedback_id"] for item in pending} == set(ids[:2])
    assert [await permission_of(staff, feedback_id) for feedback_id in ids] == [True, True, False]

    statement = (await staff.get("/v1/quarters/2021-Q2/statement")).json()["numbers"]
    before = (await staff.get(f"/v1/feedback/{ids[0]}")).json()
    for feedback_id in (*ids, ids[0]):
        path = f"/v1/feedback/{feedback_id}/publication-permission"
        assert (await moderator.delete(path)).status_code == 204
    after = (await staff.get(f"/v1/feedback/{ids[0]}")).json()
    assert [one["kind"] for one in after["events"]] == ["received", "answered", "permission_withdrawn"]
    assert after["events"][2]["actor"] == "moderator"
    assert [after[name] for name in ("state", "handled_at", "reacted_at")] == [
        before[name] for name in ("state", "handled_at", "reacted_at")
    ]
    assert len((await staff.get(f"/v1/feedback/{ids[2]}")).json()["events"]) == 2, "nothing was permitted"
    assert (await staff.get("/v1/quarters/2021-Q2/statement")).json()["numbers"] == statement

    assert [result["status"] for result in await send_lines(staff, *lines)] == ["unchanged"] * 3
    assert not await permission_of(staff, ids[0]), "a repeated line gives nothing back"
