"""The review over HTTP: conditional requests, what a withdrawal and a correction change, and who sees what."""

import struct
from xml.etree import ElementTree

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.reporting_api.review.conftest import draft, publish

pytestmark = pytest.mark.anyio

PAGE = "/reviews/2019-Q2"
ATOM = {"atom": "http://www.w3.org/2005/Atom"}


@pytest.mark.usefixtures("published")
async def test_what_has_not_changed_is_not_sent_again(anyone: httpx.AsyncClient) -> None:
    for path in (PAGE, f"{PAGE}.pdf", f"{PAGE}/card.png"):
        first = await anyone.get(path)
        again = await anyone.get(path, headers={"If-None-Match": first.headers["etag"]})
        other = await anyone.get(path, params={"lang": "sv"}, headers={"If-None-Match": first.headers["etag"]})

        assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200), path
        assert first.headers["cache-control"] == "no-cache"
        assert again.content == b""


@pytest.mark.usefixtures("published")
async def test_a_withdrawal_and_a_correction_change_what_was_kept(
    anyone: httpx.AsyncClient, app: FastAPI, session: AsyncSession
) -> None:
    before = await anyone.get(PAGE, params={"lang": "en"})
    await session.execute(
        text("UPDATE edition SET state = 'withdrawn', withdrawn_at = now(), withdrawal_reason = 'Laskuvirhe.'")
    )
    withdrawn = await anyone.get(PAGE, params={"lang": "en"}, headers={"If-None-Match": before.headers["etag"]})
    assert "This review has been withdrawn: Laskuvirhe." in withdrawn.text

    await draft(app, reason="Luku korjattu.")
    await publish(session)
    newest = await anyone.get(PAGE, params={"lang": "en"})
    earlier = await anyone.get(PAGE, params={"lang": "en", "version": "1"})
    assert "This version corrects an earlier one: Luku korjattu." in newest.text
    assert "There is a newer version of this review." in earlier.text
    feed = ElementTree.fromstring((await anyone.get("/reviews/feed.atom")).content)  # noqa: S314 (our own)
    assert len(feed.findall("atom:entry", ATOM)) == 2
    for entry in feed.findall("atom:entry", ATOM):
        assert all(entry.findtext(f"atom:{name}", namespaces=ATOM) for name in ("id", "title", "updated"))


@pytest.mark.usefixtures("published")
async def test_the_internal_version_is_never_answered_to_anyone_from_memory(
    officer: httpx.AsyncClient, anyone: httpx.AsyncClient
) -> None:
    internal = await officer.get(PAGE, params={"internal": "true"})
    refused = await anyone.get(PAGE, params={"internal": "true"})

    assert (internal.status_code, internal.headers["cache-control"]) == (200, "private, no-store")
    assert refused.status_code == 404
    assert (await anyone.get(PAGE)).text != internal.text


@pytest.mark.usefixtures("published")
async def test_the_card_is_as_large_as_networks_ask(anyone: httpx.AsyncClient) -> None:
    card = await anyone.get(f"{PAGE}/card.png", params={"lang": "sv"})

    assert card.headers["content-type"] == "image/png"
    assert struct.unpack(">II", card.content[16:24]) == (1200, 630)


async def test_what_there_is_not(anyone: httpx.AsyncClient) -> None:
    assert (await anyone.get(PAGE, params={"lang": "de"})).status_code == 422
    for path in (PAGE, f"{PAGE}.pdf", f"{PAGE}/card.png", "/reviews/2019-Q9", "/reviews/katsaus"):
        answer = await anyone.get(path, params={"lang": "en"})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
