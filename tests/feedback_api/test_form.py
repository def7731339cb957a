"""The form's pages as the service renders them: languages, escaping, errors, and the way without JavaScript."""

import re
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
        assert len(files_in(tmp_path / "a")) == 1

    async def test_a_claim_is_told_where_it_belongs(self, app: FastAPI, public: httpx.AsyncClient) -> None:
        answer = await post(public, app, text="Teen kantelun Valviralle.")
        page = await public.get(answer.headers["location"])
        assert "Se näyttää kantelulta" in page.text

    @pytest.mark.parametrize(
        ("fields", "name", "words"),
        [
            ({"text": "  "}, "text", "Kirjoita palaute, enintään 10000 merkkiä."),
            ({"reply_wanted": "yes"}, "sender_email", "Kirjoita sähköpostiosoite"),
            ({"sender_email": "aino"}, "sender_email", "Kirjoita sähköpostiosoite"),
            ({"unit": "atlantis"}, "unit", "Valitse yksikkö"),
            ({"type": "RANT"}, "type", "Valitse palautteen laji"),
            ({"latitude": "95", "longitude": "0"}, "location", "Tarkista paikka"),
            ({"channel": "pigeon"}, "text", "Lomaketta ei voitu lukea"),
        ],
    )
    async def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(
        self, app: FastAPI, public: httpx.AsyncClient, fields: dict[str, str], name: str, words: str
    ) -> None:
        page = await post(public, app, **{"text": "Säilyy", "sender_name": HOSTILE} | fields)
        assert page.status_code == 422
        assert "<title>Virhe: " in page.text
        assert re.search(rf'<li><a href="#{name}">{words}', page.text)
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
        assert "Odota" in page.text
        assert ">Toinen</textarea>" in page.text


class TestReceipt:
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
