"""The form's pages as the service renders them: languages, escaping, errors, and the way without JavaScript."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from fastapi import FastAPI

from services.feedback_api.form import pages
from services.feedback_api.form.texts import language_for
from services.feedback_api.spam import form_token
from services.shared.clock import now
from tests.feedback_api.test_attachments import files_in, picture

pytestmark = pytest.mark.anyio

TEXTS = Path(pages.__file__).parent / "texts.yaml"
LANGUAGES = ("fi", "sv", "en")
HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}'


def leaves(texts: Any, path: str = "") -> dict[str, set[str]]:
    """Each text's place and the placeholders it has."""
    if isinstance(texts, dict):
        return {key: value for name, part in texts.items() for key, value in leaves(part, f"{path}.{name}").items()}
    return {path: set(re.findall(r"\{(\w+)\}", texts))}


def token_of(app: FastAPI) -> str:
    """A token of a form that has been open for a while."""
    return form_token.issue(app.state.settings, at=now() - timedelta(minutes=1))


async def post(client: httpx.AsyncClient, app: FastAPI, **fields: Any) -> httpx.Response:
    sent = {"lang": "fi", "form_token": token_of(app), "text": "Kiitos!"} | fields
    return await client.post("/form", data=sent, files=[("attachments", ("", b""))])


def test_every_language_has_every_text_and_placeholder() -> None:
    texts = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    assert tuple(texts) == LANGUAGES
    assert leaves(texts["fi"]) == leaves(texts["sv"]) == leaves(texts["en"])


@pytest.mark.parametrize(
    ("named", "accepted", "language"),
    [
        ("sv", "fi", "sv"),
        ("sv_FI", "", "sv"),
        (None, "de-DE,en-GB;q=0.8,fi", "en"),
        (None, "", "fi"),
        ("tlh", "sv", "sv"),
        ("<script>", "*", "fi"),
    ],
)
def test_the_language_of_a_page(named: str | None, accepted: str, language: str) -> None:
    assert language_for(named, accepted) == language


class TestForm:
    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_is_in_the_language_and_runs_nothing_of_strangers(
        self, public: httpx.AsyncClient, language: str
    ) -> None:
        page = await public.get("/form", params={"lang": language})
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["content-language"] == language
        assert f'<html lang="{language}">' in page.text
        assert "unsafe" not in page.headers["content-security-policy"]
        assert "http://" not in page.text.replace("http://test", "")
        assert "https://" not in page.text
        assert not re.search(r"<script(?![^>]*(src=|application/json))", page.text)
        for address in re.findall(r'(?:href|src)="(/form/assets/[^"]+)"', page.text):
            asset = await public.get(address)
            assert asset.status_code == 200
            assert "immutable" in asset.headers["cache-control"]

    async def test_offers_what_the_catalogue_has(self, public: httpx.AsyncClient) -> None:
        page = (await public.get("/form?lang=sv")).text
        assert re.findall(r'name="type" id="[^"]+" value="(\w+)"', page) == [
            "THANK",
            "BLAME",
            "IDEA",
            "QUESTION",
            "OTHER",
        ]
        assert '<option value="oral-health">' in page
        assert "public-works" not in page, "what has ended cannot be chosen"
        assert '<option value="parks">Parker</option>' in page
        assert '<optgroup label="Hälsovårds- och missbrukartjänster" data-branch="sote-health">' in page

    async def test_files_only_where_they_can_be_stored(self, app: FastAPI, public: httpx.AsyncClient) -> None:
        assert 'type="file"' not in (await public.get("/form")).text
        app.state.settings = app.state.settings.model_copy(update={"attachments_url": "file:///nowhere"})
        assert 'type="file"' in (await public.get("/form")).text


class TestWithoutJavaScript:
    async def test_sent_and_thanked(
        self, app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient, tmp_path: Path
    ) -> None:
        app.state.settings = app.state.settings.model_copy(update={"attachments_url": f"file://{tmp_path}/a"})
        sent = {
            "lang": "sv",
            "language": "sv",
            "form_token": token_of(app),
            "type": "IDEA",
            "title": "Nummer",
            "topic": "parks",
            "branch": "sote-health",
            "text": "Ring 040 123 4567",
            "unit": "oral-health",
            "address": "Fågelvägen 4",
            "latitude": "60.17",
            "longitude": "24.94",
            "reply_wanted": "yes",
            "sender_email": "aino@example.org",
            "publication_permitted": "yes",
            "website": "",
        }
        files = [("attachments", ("a.jpg", picture(), "image/jpeg"))]
        answer = await public.post("/form", data=sent, files=files)
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"].startswith("/form/receipts/"), "by path: a proxy's name and scheme stay"
        page = await public.get(answer.headers["location"])
        assert "Tack för din respons!" in page.text
        assert "telefonnummer" in page.text
        assert page.headers["referrer-policy"] == "no-referrer"
        (item,) = (await staff.get("/v1/feedback")).json()["items"]
        assert (item["type"], item["unit"], item["language"], item["reply_wanted"], item["hold"]) == (
            "idea",
            "oral-health",
            "sv",
            True,
            None,
        )
        content = (await staff.get(f"/v1/feedback/{item['id']}")).json()["content"]
        assert (content["latitude"], content["address"], content["text"]) == (60.17, "Fågelvägen 4", "Ring [phone]")
        assert (content["title"], item["topic"], item["publication_permitted"]) == ("Nummer", "parks", True)
        assert len(files_in(tmp_path / "a")) == 1

    async def test_a_claim_is_told_where_it_belongs(self, app: FastAPI, public: httpx.AsyncClient) -> None:
        answer = await post(public, app, text="Teen kantelun Valviralle.")
        page = await public.get(answer.headers["location"])
        assert "Se näyttää kantelulta" in page.text

    @pytest.mark.parametrize(
        ("fields", "target", "words"),
        [
            ({"text": "  "}, "text", "Kirjoita palaute, enintään 10\N{NO-BREAK SPACE}000 merkkiä."),
            ({"reply_wanted": "yes"}, "sender_email", "Kirjoita sähköpostiosoite"),
            ({"sender_email": "aino"}, "sender_email", "Kirjoita sähköpostiosoite"),
            ({"unit": "atlantis"}, "unit", "Valitse yksikkö"),
            ({"type": "RANT"}, "type-THANK", "Valitse palautteen laji"),
            ({"topic": "phlogiston"}, "topic", "Valitse aihe"),
            ({"title": "x" * 301}, "title", "Lyhennä otsikkoa"),
            ({"latitude": "95", "longitude": "0"}, "address", "Tarkista paikka"),
            ({"channel": "pigeon"}, None, "Lomaketta ei voitu lukea"),
        ],
    )
    async def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(
        self, app: FastAPI, public: httpx.AsyncClient, fields: dict[str, str], target: str | None, words: str
    ) -> None:
        page = await post(public, app, **{"text": "Säilyy", "sender_name": HOSTILE} | fields)
        assert page.status_code == 422
        assert "<title>Virhe: " in page.text
        told = f'<a href="#{target}">{words}' if target else words
        assert f"<li>{told}" in page.text
        if target:
            assert f'id="{target}"' in page.text
        assert HOSTILE in unescape(page.text), "what was written is there again"
        assert "<script>alert" not in page.text
        assert "49" not in re.findall(r'name="sender_name"[^>]*', page.text)[0]
        if "text" not in fields:
            assert ">Säilyy</textarea>" in page.text

    async def test_a_robot_is_thanked_and_kept_apart(
        self, app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient
    ) -> None:
        assert (await post(public, app, website="http://spam.example")).status_code == 303
        (item,) = (await staff.get("/v1/feedback")).json()["items"]
        assert item["hold"] == "suspected_spam"

    async def test_posting_again_is_the_same_feedback(
        self, app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient
    ) -> None:
        token = token_of(app)
        answers = [await post(public, app, form_token=token, idempotency_key="one-page") for _ in range(2)]
        assert answers[0].headers["location"] == answers[1].headers["location"]
        assert len((await staff.get("/v1/feedback")).json()["items"]) == 1

    async def test_too_many(self, app: FastAPI, public: httpx.AsyncClient) -> None:
        app.state.settings = app.state.settings.model_copy(update={"submission_rate_limit": "1/hour"})
        assert (await post(public, app)).status_code == 303
        page = await post(public, app, text="Toinen")
        assert page.status_code == 429
        assert int(page.headers["retry-after"]) > 0
        assert "Odota" in page.text
        assert ">Toinen</textarea>" in page.text

    async def test_the_units_are_narrowed_and_nothing_is_sent_or_lost(
        self, app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient
    ) -> None:
        page = await post(public, app, narrow="yes", branch="sote-health", title="Säilyy", unit="oral-health")
        assert page.status_code == 200
        assert 'value="oral-health" selected' in page.text
        assert "home-care" not in page.text
        assert 'value="Säilyy"' in page.text
        assert "error" not in re.findall(r'<div id="errors"[^>]*>', page.text)[0].replace('id="errors"', "")
        everything = await post(public, app, narrow="yes", branch="atlantis")
        assert "home-care" in everything.text
        assert (await staff.get("/v1/feedback")).json()["items"] == []


class TestErrorPages:
    """Whatever goes wrong below /form is told as a page, in the reader's language, with what they had written."""

    @pytest.mark.parametrize(
        ("language", "words"), [("fi", "Sivua ei löydy"), ("sv", "Sidan hittas inte"), ("en", "There is no such page")]
    )
    async def test_an_address_that_does_not_exist(self, public: httpx.AsyncClient, language: str, words: str) -> None:
        for path in ("/form/nothing", "/form/assets/abc/other.css", "/form/receipts/a/b"):
            page = await public.get(path, headers={"Accept-Language": language})
            assert page.status_code == 404
            assert page.headers["content-type"] == "text/html; charset=utf-8"
            assert f"<h1>{words}</h1>" in page.text
            assert page.headers["x-request-id"] in page.text
            assert "unsafe" not in page.headers["content-security-policy"]

    async def test_a_wrong_method(self, public: httpx.AsyncClient) -> None:
        page = await public.delete("/form?lang=en")
        assert (page.status_code, page.headers["allow"]) == (405, "GET, HEAD, POST")
        assert "This page cannot be used like this" in page.text

    @pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data"])
    async def test_what_is_no_form(self, public: httpx.AsyncClient, content_type: str) -> None:
        page = await public.post("/form?lang=sv", content=b"{}", headers={"Content-Type": content_type})
        assert page.status_code == 400
        assert "Begäran kunde inte läsas" in page.text

    async def test_wrong_parameters(self, public: httpx.AsyncClient) -> None:
        page = await public.get("/form/receipts/7KQ2-XN4M-PWDA-9ZRT?lang=en&sent=perhaps")
        assert page.status_code == 422
        assert "The request could not be read" in page.text

    @pytest.mark.parametrize("declared", [True, False])
    async def test_a_body_over_the_limit(self, app: FastAPI, public: httpx.AsyncClient, declared: bool) -> None:
        body = b"text=" + b"a" * app.state.settings.body_max_bytes

        async def pieces() -> AsyncIterator[bytes]:
            yield body

        page = await public.post(
            "/form?lang=en",
            content=body if declared else pieces(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert page.status_code == 413
        assert "The files are too large" in page.text
        assert "at most 10 MB" in page.text

    @pytest.mark.parametrize("cause", ["crash", "refusal"])
    async def test_a_fault_of_ours_keeps_what_was_written_and_the_key(
        self, app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient, cause: str
    ) -> None:
        sent = {"text": HOSTILE, "idempotency_key": "the-key", "type": "IDEA", "lang": "en"}
        sessions = app.state.sessions
        if cause == "crash":
            app.state.sessions = None
            page = await post(public, app, **sent)
            app.state.sessions = sessions
        else:
            # Files, where the city has no store for them.
            page = await public.post("/form", data=sent, files=[("attachments", ("a.jpg", picture(), "image/jpeg"))])
        assert page.status_code == (500 if cause == "crash" else 503)
        assert "The fault is in the service" in page.text
        assert HOSTILE in unescape(page.text)
        assert "<script>alert" not in page.text
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        assert (fields["idempotency_key"], fields["type"]) == ("the-key", "IDEA")
        again = await public.post("/form?lang=en", data=fields | {"text": "Sent again", "form_token": token_of(app)})
        assert again.status_code == 303
        (item,) = (await staff.get("/v1/feedback")).json()["items"]
        assert (item["type"], item["hold"]) == ("idea", None)


class TestReceipt:
    async def test_the_permission_is_withdrawn_by_its_button(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient
    ) -> None:
        sent = {"text": "Ovi on rikki", "publication_permitted": True}
        created = (await public.post("/v1/feedback", json=sent)).json()
        page = await public.get(f"/form/receipts/{created['receipt']}?lang=en")
        (action,) = re.findall(r'action="([^"]+withdrawal[^"]*)"', page.text)
        answer = await public.post(action)
        assert answer.status_code == 303
        page = await public.get(answer.headers["location"])
        assert "has been withdrawn" in page.text
        assert "withdrawal" not in page.text
        assert (await staff.get(f"/v1/feedback/{created['id']}")).json()["publication_permitted"] is False
        unknown = await public.post("/form/receipts/XXXX-XXXX-XXXX-XXXX/withdrawal?lang=sv")
        assert (await public.get(unknown.headers["location"])).status_code == 404

    async def test_shows_how_it_stands_and_answers(self, public: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
        created = (await public.post("/v1/feedback", json={"text": "Ovi on rikki"})).json()
        answered = {"kind": "answered", "note": "Korjattu <b>eilen</b>.\nKiitos!"}
        await staff.post(f"/v1/feedback/{created['id']}/events", json=answered)
        page = await public.get(f"/form/receipts/{created['receipt'].lower()}?lang=en")
        assert "Where your feedback stands" in page.text
        assert "Korjattu &lt;b&gt;eilen&lt;/b&gt;." in page.text
        assert '<meta name="robots" content="noindex">' in page.text
        assert page.headers["cache-control"] == "no-store"

    async def test_an_unknown_one(self, public: httpx.AsyncClient) -> None:
        page = await public.get("/form/receipts/XXXX-XXXX-XXXX-XXXX?lang=sv")
        assert page.status_code == 404
        assert "Responsen hittas inte" in page.text

    async def test_the_address_says_nothing_we_have_no_words_for(self, public: httpx.AsyncClient) -> None:
        created = (await public.post("/v1/feedback", json={"text": "Ovi on rikki"})).json()
        query = {"sent": "1", "masked": f"phone,{HOSTILE}", "matter": HOSTILE, "lang": "fi"}
        page = await public.get(f"/form/receipts/{created['receipt']}", params=query)
        assert "puhelinnumero." in page.text
        assert "alert" not in page.text
