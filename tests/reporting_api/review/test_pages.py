"""The review over HTTP: conditional requests, what a withdrawal and a correction change, and who sees what."""

import re
import struct
from html import unescape
from xml.etree import ElementTree

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.reporting_api.factories import add_contacts, add_feedback
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
    assert 'This review has been withdrawn: <span lang="fi">Laskuvirhe.</span>' in withdrawn.text

    await draft(app, reason="Luku korjattu.")
    await publish(session)
    newest = await anyone.get(PAGE, params={"lang": "en"})
    earlier = await anyone.get(PAGE, params={"lang": "en", "version": "1"})
    assert 'This version corrects an earlier one: <span lang="fi">Luku korjattu.</span>' in newest.text
    assert "There is a newer version of this review." in earlier.text
    feed = ElementTree.fromstring((await anyone.get("/reviews/feed.atom")).content)  # noqa: S314 (our own)
    assert len(feed.findall("atom:entry", ATOM)) == 2
    for entry in feed.findall("atom:entry", ATOM):
        assert all(entry.findtext(f"atom:{name}", namespaces=ATOM) for name in ("id", "title", "updated"))


REASONS = {"fi": "Luku korjattu.", "sv": "Ett tal < rättades."}
SHOWN = {
    "fi": "Luku korjattu.",
    "sv": "Ett tal &lt; rättades.",
    "en": '<span lang="fi">Luku korjattu.</span> <span class="quiet">(in Finnish)</span>',
}
"""The reason as each reader sees it: there is no English one."""


@pytest.mark.usefixtures("published")
async def test_reasons_are_in_the_reader_s_language_or_said_to_be_in_finnish(
    anyone: httpx.AsyncClient, officer: httpx.AsyncClient, app: FastAPI, session: AsyncSession
) -> None:
    await draft(app, reason=REASONS["fi"], reason_translations={"sv": REASONS["sv"]})
    await publish(session)
    pages = (PAGE, "/reviews/corrections", f"{PAGE}/changes?version=2")
    for language, shown in SHOWN.items():
        for path in pages:
            page = (await anyone.get(path, params={"lang": language, "version": "2"})).text
            assert shown in page, (path, language)
        feed = ElementTree.fromstring(  # noqa: S314 (our own)
            (await anyone.get("/reviews/feed.atom", params={"lang": language})).content
        )
        summary = feed.find("atom:entry/atom:summary", ATOM)
        assert summary is not None
        assert REASONS.get(language, '<span lang="fi">Luku korjattu.</span> (in Finnish)') in (summary.text or "")
        assert summary.get("type", "text") == ("html" if language == "en" else "text")
    [line] = (await anyone.get("/v1/corrections")).json()["corrections"]
    assert (line["reason"], line["reason_translations"]) == (REASONS["fi"], {"sv": REASONS["sv"]})

    body = {"reason": "Laskuvirhe.", "reason_translations": {"en": "A miscount."}}
    assert (await officer.post("/v1/editions/2019-Q2/2/withdraw", json=body)).status_code == 200
    for language, shown in {
        "fi": ": Laskuvirhe.",
        "sv": '<span lang="fi">Laskuvirhe.</span>',
        "en": ": A miscount.",
    }.items():
        assert shown in (await anyone.get(PAGE, params={"lang": language})).text


@pytest.mark.usefixtures("published")
async def test_a_draft_made_anew_shows_its_own_reason(
    officer: httpx.AsyncClient, app: FastAPI, session: AsyncSession
) -> None:
    for reason in ("Luku korjattu.", "Luku ja teksti korjattu."):
        await draft(app, reason=reason)
        assert reason in (await officer.get(PAGE)).text
        assert (await officer.delete("/v1/editions/2019-Q2/2")).status_code == 204


@pytest.mark.usefixtures("published")
async def test_the_internal_version_is_never_answered_to_anyone_from_memory(
    officer: httpx.AsyncClient, anyone: httpx.AsyncClient
) -> None:
    internal = await officer.get(PAGE, params={"internal": "true"})
    refused = await anyone.get(PAGE, params={"internal": "true"})

    assert (internal.status_code, internal.headers["cache-control"]) == (200, "private, no-store")
    assert refused.status_code == 404
    assert (await anyone.get(PAGE)).text != internal.text


async def test_nothing_is_called_the_most_where_two_are_alike(
    anyone: httpx.AsyncClient, app: FastAPI, session: AsyncSession
) -> None:
    await add_feedback(session, type_code="complaint", topic_code="home_care")
    await add_feedback(session, type_code="question", topic_code="apotti")
    for service, number in (("family_and_social", 9), ("other", 12), ("health_and_substance_abuse", 3)):
        await add_contacts(session, service, number, "other")
    await draft(app)
    await publish(session)

    page = unescape((await anyone.get(PAGE)).text)

    for title in ("Palautteet tyypeittäin", "Palautteet luokittain", "Asiamiehille tulleiden yhteydenottojen syyt"):
        assert f". {title}</strong>" in page
    # Nor is a year before told of that is not drawn, and hidden shares are spoken of where they are missing.
    for claim in ("Yleisin palautetyyppi", "Eniten palautetta", "Yleisin nimetty syy", "Ontto"):
        assert claim not in page
    assert re.search("muut palvelut [^.]*%[.] Osaa luvuista ei julkaista", page)


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
