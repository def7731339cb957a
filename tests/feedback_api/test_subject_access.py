"""What is held on a person: all of it, page by page, with its files."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.subject_access import links
from services.shared.clock import now
from services.shared.scopes import Scope
from tests.conftest import add_key, client_of
from tests.feedback_api.test_attachments import folder, pdf, picture, send
from tests.feedback_api.test_events import make

pytestmark = pytest.mark.anyio

__all__ = ["folder"]

EMAIL = "aino@example.org"


@pytest.fixture
async def clerk(app: FastAPI, session: AsyncSession) -> httpx.AsyncClient:
    return client_of(app, key=await add_key(session, Scope.FEEDBACK_ERASE, name="clerk"))


def path_of(url: str) -> str:
    return httpx.URL(url).path


async def test_pages_go_on_until_everything_was_shown(
    app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient, clerk: httpx.AsyncClient
) -> None:
    # Two at the same moment, on either side of a page's end.
    days = (1, 2, 3, 3, 4, 5, 6)
    made = [
        await make(staff, text=f"Palaute {n}", sender_email=EMAIL, received_at=f"2021-05-0{day}T09:30:00+03:00")
        for n, day in enumerate(days)
    ]
    await make(staff, text="Toisen", sender_email="toinen@example.org")
    token = links.token_for(app.state.settings, EMAIL, at=now())
    for client, address in (
        (clerk, "/v1/subject-access?email=Aino@example.org&limit=3"),
        (public, f"/v1/subject-access/{token}?limit=3"),
    ):
        shown: list[str] = []
        sizes = []
        following: str | None = address
        while following is not None:
            page = await client.get(following)
            assert page.status_code == 200, page.text
            assert page.headers["cache-control"] == "no-store"
            shown += [item["id"] for item in page.json()["items"]]
            sizes.append(len(page.json()["items"]))
            following = page.links["next"]["url"] if page.json()["next"] else None
        assert sizes == [3, 3, 1]
        assert len(shown) == len(set(shown))
        assert set(shown) == set(made)


async def test_files_are_fetched_by_links_that_end(
    app: FastAPI, public: httpx.AsyncClient, clerk: httpx.AsyncClient, folder: Path
) -> None:
    sent = (await send(public, picture(), pdf(), sender_email=EMAIL)).json()
    by_clerk = (await clerk.get("/v1/subject-access", params={"email": EMAIL})).json()["items"]
    by_receipt = (await public.get(f"/v1/receipts/{sent['receipt']}/export")).json()["items"]
    for items in (by_clerk, by_receipt):
        (item,) = items
        assert [file["media_type"] for file in item["attachments"]] == ["image/jpeg", "application/pdf"]
        for file in item["attachments"]:
            got = await public.get(path_of(file["url"]))
            assert (got.status_code, got.headers["content-type"]) == (200, file["media_type"])
            assert len(got.content) == file["byte_size"]
            assert got.headers["content-disposition"].startswith("attachment")
            assert got.headers["cache-control"] == "private, no-store"
    ended = now() - timedelta(hours=app.state.settings.subject_access_hours, minutes=1)
    old = links.attachment_link(app.state.settings, UUID(sent["id"]), 1, at=ended)
    persons = links.token_for(app.state.settings, EMAIL, at=now())
    for path in (path_of(old), f"/v1/subject-access-attachments/{persons}", "/v1/subject-access-attachments/forged"):
        refused = await public.get(path)
        assert (refused.status_code, refused.json()["code"]) == (404, "link_ended")
    url = by_clerk[0]["attachments"][0]["url"]
    await clerk.delete(f"/v1/feedback/{sent['id']}/content")
    assert (await public.get(path_of(url))).json()["code"] == "attachment_not_found"
    files_token = url.rsplit("/", 1)[1]
    assert (await public.get(f"/v1/subject-access/{files_token}")).json()["code"] == "link_ended"
