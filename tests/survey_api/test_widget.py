"""The widget's file and pages as HTTP: size, caching, hash, origins, frames, the form without JavaScript."""

import base64
import gzip
import hashlib
import re
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey_api.widget.texts import read_texts
from tests.survey_api.factories import add_survey, count, every_kind, histogram, options, question

pytestmark = pytest.mark.anyio

COMPRESSED_MAX = 15_000
HEL, OTHER = "https://www.hel.fi", "https://other.example"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LANGUAGES = ("fi", "sv", "en")


def directives(answer: httpx.Response) -> dict[str, str]:
    """The answer's Content-Security-Policy by directive."""
    parts = [part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";")]
    return {name: value for name, _, value in parts}


class TestFile:
    async def test_it_is_small_and_stands_alone(self, public: httpx.AsyncClient) -> None:
        answer = await public.get("/widget.js")
        assert answer.status_code == 200
        assert len(gzip.compress(answer.content, 9)) < COMPRESSED_MAX
        assert "__" not in answer.text, "a part was not put in"
        for forbidden in (
            "eval(",
            "new Function",
            "innerHTML",
            "document.write",
            "import(",
            "document.cookie",
        ):
            assert forbidden not in answer.text

    async def test_the_published_hash_is_that_of_the_bytes(self, public: httpx.AsyncClient) -> None:
        told = (await public.get("/widget.json")).json()
        answer = await public.get(told["url"])
        digest = base64.b64encode(hashlib.sha384(answer.content).digest()).decode()
        assert told["integrity"] == f"sha384-{digest}"
        assert told["size"] == len(answer.content)
        assert answer.content == (await public.get("/widget.js")).content
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"

    async def test_the_alias_is_kept_shortly_and_asked_for_again(self, public: httpx.AsyncClient) -> None:
        first = await public.get("/widget.js")
        assert "max-age=300" in first.headers["cache-control"]
        again = await public.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        other = await public.get("/widget.js", headers={"If-None-Match": '"another"'})
        assert other.status_code == 200

    @pytest.mark.parametrize("path", ["/widget.js", "versioned"])
    async def test_any_page_may_load_it(self, public: httpx.AsyncClient, path: str) -> None:
        address = (await public.get("/widget.json")).json()["url"] if path == "versioned" else path
        headers = (await public.get(address, headers={"Origin": OTHER})).headers
        assert headers["cross-origin-resource-policy"] == "cross-origin"
        assert headers["access-control-allow-origin"] == "*"
        assert headers["content-type"] == "text/javascript; charset=utf-8"
        assert headers["x-content-type-options"] == "nosniff"
        assert "Accept-Encoding" in headers["vary"]

    @pytest.mark.parametrize(
        ("accepted", "encoding"),
        [
            ("gzip, br", "gzip"),
            ("br", None),
            ("", None),
            ("gzip;q=0", None),
            ("gzip; q=0.5", "gzip"),
            ("gzip;q=x", None),
        ],
    )
    async def test_compressed_for_who_takes_that(
        self, public: httpx.AsyncClient, accepted: str, encoding: str | None
    ) -> None:
        answer = await public.get("/widget.js", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("content-encoding") == encoding
        plain = await public.get("/widget.js", headers={"Accept-Encoding": "identity"})
        assert answer.content == plain.content
        assert (answer.headers["etag"] == plain.headers["etag"]) == (encoding is None)

    async def test_another_version_is_not_found(self, public: httpx.AsyncClient) -> None:
        answer = await public.get("/widget/0123456789abcdef/widget.js")
        assert answer.status_code == 404
        assert "/widget.json" in answer.json()["detail"]

    async def test_assets_are_found_by_their_hash_only(self, public: httpx.AsyncClient) -> None:
        assert (await public.get("/embed/assets/0123456789abcdef/widget.css")).status_code == 404
        assert (await public.get("/embed/assets/0123456789abcdef/texts.yaml")).status_code == 404


def test_every_language_has_every_word() -> None:
    def names(texts: Any) -> Any:
        return {key: names(value) for key, value in texts.items()} if isinstance(texts, dict) else None

    assert names(read_texts()["fi"]) == names(read_texts()["sv"]) == names(read_texts()["en"])


class TestFrame:
    async def test_any_page_may_frame_it_by_default(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff)
        answer = await public.get("/embed/chat")
        policy = directives(answer)
        assert policy["frame-ancestors"] == "*"
        assert policy["default-src"] == "'none'"
        assert (policy["script-src"], policy["style-src"], policy["form-action"]) == ("'self'",) * 3

    async def test_listed_pages_only(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff, allowed_origins=[HEL])
        framed = {"Sec-Fetch-Dest": "iframe"}
        listed = await public.get("/embed/chat", headers=framed | {"Referer": f"{HEL}/page"})
        assert (listed.status_code, directives(listed)["frame-ancestors"]) == (200, f"'self' {HEL}")
        foreign = await public.get("/embed/chat", headers=framed | {"Referer": f"{OTHER}/"})
        assert (foreign.status_code, foreign.json()["code"]) == (403, "origin_not_allowed")
        # Who follows a link is not framed.
        followed = await public.get("/embed/chat", headers={"Sec-Fetch-Dest": "document", "Referer": f"{OTHER}/"})
        assert followed.status_code == 200

    async def test_nothing_inline(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff, is_demonstration=True)
        for path in ("/embed/chat", "/embed/chat?sent=1", "/demo/chat"):
            html = (await public.get(path)).text
            assert not re.search(r"<style|style=|<script(?![^>]* src=)| on[a-z]+=", html), path

    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_in_the_language_asked_for(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient, language: str
    ) -> None:
        await add_survey(staff)
        named = await public.get("/embed/chat", params={"lang": language}, headers={"Accept-Language": "de"})
        accepted = await public.get("/embed/chat", headers={"Accept-Language": f"de, {language};q=0.5"})
        for answer in (named, accepted):
            assert f'<html lang="{language}">' in answer.text
            assert answer.headers["content-language"] == language
        assert "Accept-Language" in named.headers["vary"]
        # The survey has its labels in all of them.
        assert "scale?" in named.text
        assert '<span lang="' not in named.text

    async def test_an_unknown_survey_is_not_found(self, public: httpx.AsyncClient) -> None:
        assert (await public.get("/embed/nowhere")).json()["code"] == "survey_not_found"

    async def test_a_closed_survey_says_so(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff, closes_at="2016-01-01T00:00:00+02:00")
        answer = await public.get("/embed/chat?lang=en")
        assert "The survey is not open now." in answer.text
        assert "<form" not in answer.text

    async def test_what_the_address_holds_is_escaped(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff)
        answer = await public.get("/embed/chat", params={"interaction": '"><script src=x>'})
        assert "<script src=x>" not in answer.text


def form_inputs(html: str) -> dict[str, str]:
    """The hidden inputs of the page."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))


class TestFormWithoutScript:
    async def test_every_kind_of_answer_arrives(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await add_survey(staff)
        hidden = form_inputs((await public.get("/embed/chat?lang=sv&interaction=chat-7")).text)
        answers = [
            *(("q.scale", "75"), ("q.smiley_4", "happy"), ("q.smiley_5", "neutral"), ("q.single", "advice")),
            *(("q.multiple", "booking"), ("q.multiple", "other"), ("q.yes_no", "true"), ("q.grade", "9")),
            *(("q.nps", "10"), ("q.comment", "Tack för hjälpen!"), ("website", "an unknown input is ignored")),
        ]
        sent = await public.post("/embed/chat", content=encode([*hidden.items(), *answers]), headers=FORM)
        assert (sent.status_code, sent.headers["location"]) == (303, "/embed/chat?lang=sv&sent=1")
        again = await public.post("/embed/chat", content=encode([*hidden.items(), *answers]), headers=FORM)
        assert again.status_code == 303
        (item,) = (await staff.get("/v1/responses")).json()["items"]
        assert (item["id"], item["language"], item["interaction_id"]) == (hidden["id"], "sv", "chat-7")
        assert item["answers"] == {
            "scale": 75,
            "smiley_4": "happy",
            "smiley_5": "neutral",
            "single": "advice",
            "yes_no": True,
            "multiple": ["booking", "other"],
            "grade": 9,
            "nps": 10,
            "comment": True,
        }
        assert (await histogram(session))["scale", 75] == 1
        thanks = await public.get(sent.headers["location"])
        assert "Tack för ditt svar!" in thanks.text

    async def test_a_comment_to_be_handled_is_handed_over(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await add_survey(staff)
        fields = [("lang", "en"), ("q.comment", "Please call me"), ("please_handle", "1"), ("contact_email", "a@b.fi")]
        sent = await public.post("/embed/chat", content=encode(fields), headers=FORM)
        assert sent.headers["location"].endswith("sent=handled")
        assert await count(session, "comment_handover") == 1
        assert "passed on" in (await public.get(sent.headers["location"])).text

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ([], "Answer at least one question."),
            ([("q.scale", "33")], "Check this answer."),
            ([("q.grade", "9" * 400)], "Check this answer."),
            ([("q.nps", "²")], "Check this answer."),
            ([("q.multiple", "nothing")], "Check this answer."),
            ([("q.nps", "9"), ("please_handle", "1")], "Write the message that you want handled."),
            (
                [("q.comment", "x"), ("please_handle", "1"), ("contact_email", "nowhere")],
                "Write the e-mail address as name@example.org.",
            ),
            ([("q.nps", "9"), ("id", "no uuid")], "The answer could not be taken."),
            ([("q.comment", "\x00")], "Check this answer."),
        ],
    )
    async def test_what_is_wrong_is_told_in_the_pages_words(
        self,
        staff: httpx.AsyncClient,
        public: httpx.AsyncClient,
        session: AsyncSession,
        fields: list[tuple[str, str]],
        reason: str,
    ) -> None:
        await add_survey(staff)
        answer = await public.post("/embed/chat", content=encode([("lang", "en"), *fields]), headers=FORM)
        assert answer.status_code == 422
        assert reason in answer.text
        assert "<title>Error: " in answer.text
        assert await count(session, "survey_response") == 0

    async def test_a_missing_answer_keeps_the_others(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        asked = [question("topic", "single_choice", options=options("a", "b"), is_required=True), *every_kind()]
        await add_survey(staff, questions=asked)
        fields = [("lang", "en"), ("q.smiley_4", "happy"), ("q.comment", "Kept & <safe>")]
        answer = await public.post("/embed/chat", content=encode(fields), headers=FORM)
        assert "Choose an option." in answer.text
        assert 'value="happy" checked' in answer.text
        assert "Kept &amp; &lt;safe&gt;" in answer.text

    async def test_a_follow_up_that_was_not_asked_is_left_out(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient
    ) -> None:
        follow_up = question("why", "text", shown_when={"question": "mood", "values": ["unhappy"]}, is_required=True)
        await add_survey(staff, questions=[question("mood", "smiley_4"), follow_up])
        sent = await public.post("/embed/chat", content="q.mood=happy&q.why=Because", headers=FORM)
        assert sent.status_code == 303
        (item,) = (await staff.get("/v1/responses")).json()["items"]
        assert item["answers"] == {"mood": "happy"}
        missing = await public.post("/embed/chat", content="q.mood=unhappy&lang=en", headers=FORM)
        assert "Write an answer." in missing.text

    async def test_a_foreign_page_may_not_post(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff, allowed_origins=[HEL])
        statuses = [
            (await public.post("/embed/chat", content="q.nps=9", headers=FORM | {"Origin": origin})).status_code
            for origin in (OTHER, "http://test")
        ]
        assert statuses == [403, 303]

    async def test_a_survey_closed_meanwhile_says_so(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await add_survey(staff, closes_at="2016-01-01T00:00:00+02:00")
        answer = await public.post("/embed/chat", content="q.nps=9&lang=en", headers=FORM)
        assert "The survey has ended" in answer.text
        assert await count(session, "survey_response") == 0

    async def test_what_no_browser_sends_is_refused(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff)
        for content in (b"\xff\xfe", b"&".join(b"a=1" for _ in range(2000))):
            answer = await public.post("/embed/chat", content=content, headers=FORM)
            assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def encode(fields: list[tuple[str, str]]) -> str:
    return urlencode(fields)


class TestScaleWithoutScript:
    @pytest.mark.parametrize(
        ("steps", "shown"),
        [
            (5, [0, 25, 50, 75, 100]),
            (11, list(range(0, 101, 10))),
            (21, list(range(0, 101, 10))),
            (26, list(range(0, 101, 20))),
            (51, list(range(0, 101, 10))),
            (101, list(range(0, 101, 10))),
        ],
    )
    async def test_a_fine_scale_shows_some_of_its_steps(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient, steps: int, shown: list[int]
    ) -> None:
        await add_survey(staff, questions=[question("scale", "scale", scale_steps=steps)])
        html = (await public.get("/embed/chat")).text
        assert [int(value) for value in re.findall(r'name="q\.scale" value="(\d+)"', html)] == shown
        assert ('id="q.scale-exact"' in html) == (steps > len(shown))

    async def test_the_field_of_a_fine_scale_is_more_exact_than_its_buttons(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await add_survey(staff, questions=[question("scale", "scale", scale_steps=51)])
        hidden = form_inputs((await public.get("/embed/chat?lang=en")).text)
        wrong = await public.post("/embed/chat", headers=FORM, content=urlencode([*hidden.items(), ("q.scale", "37")]))
        assert wrong.status_code == 422
        assert 'maxlength="3" aria-describedby="q.scale-error" value="37"' in wrong.text
        assert "Or enter a number (0, 2, 4 … 100)" in wrong.text
        right = [*hidden.items(), ("q.scale", "40"), ("q.scale", " 38 ")]
        assert (await public.post("/embed/chat", headers=FORM, content=urlencode(right))).status_code == 303
        assert {key for key, number in (await histogram(session)).items() if number} == {
            ("_responses", 1),
            ("scale", 38),
        }


class TestDemonstration:
    async def test_it_needs_a_demonstration_survey(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff, "real")
        answer = await public.get("/demo/chat")
        assert answer.status_code == 404
        assert "katsaus demo" in answer.json()["detail"]

    async def test_its_policy_is_strict(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff, "demo", is_demonstration=True)
        answer = await public.get("/demo/chat?lang=en")
        policy = directives(answer)
        assert (policy["default-src"], policy["script-src"]) == ("'none'", "'self'")
        assert (policy["style-src"], policy["require-trusted-types-for"]) == ("'self'", "'script'")
        told = (await public.get("/widget.json")).json()
        assert f'src="{told["url"]}" integrity="{told["integrity"]}"' in answer.text
