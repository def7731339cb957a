"""Chapter texts and actions: what officers may write, and what is refused with its remedy."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.scopes import Scope
from tests.conftest import add_key, client_of

pytestmark = pytest.mark.anyio

TEXT = "/v1/quarters/2021-Q2/texts/participation/fi"
ACTION = {
    "topic": "home_care",
    "done_on": "2021-06-10",
    "said": {"fi": "Kotihoito vaihtuu."},
    "did": {"fi": "Nimesimme."},
}


@pytest.fixture
async def officer(app: FastAPI, session: AsyncSession) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, key=await add_key(session, Scope.REPORT_PUBLISH)) as client:
        yield client


class TestPut:
    async def test_shows_it_as_the_review_will(self, officer: httpx.AsyncClient) -> None:
        markdown = "# Osallisuus\n\nLue *lisää* [täältä](https://www.hel.fi/sote)."

        body = (await officer.put(TEXT, json={"markdown": markdown})).json()

        # A chapter's own heading is h2; a link tells the site nothing of where its reader came from.
        link = '<a href="https://www.hel.fi/sote" rel="noopener noreferrer">täältä</a>'
        assert body["html"] == f"<h3>Osallisuus</h3>\n<p>Lue <em>lisää</em> {link}.</p>\n"
        assert body["missing_languages"] == ["sv", "en"]

    async def test_replaces_what_there_was(self, officer: httpx.AsyncClient) -> None:
        for markdown in ("Ensin.", "Sitten."):
            await officer.put(TEXT, json={"markdown": markdown})

        texts = (await officer.get("/v1/quarters/2021-Q2/texts")).json()["texts"]

        assert [text["markdown"] for text in texts] == ["Sitten."]

    @pytest.mark.parametrize(
        ("markdown", "reason"),
        [
            ("<script>alert(1)</script>", "holds HTML"),
            ("Hei <img src=x onerror=alert(1)>", "holds HTML"),
            ("![kuva](https://example.org/kuva.png)", "holds a picture"),
            ("[![kuva](kuva.png)](https://example.org)", "holds a picture"),
            ("![kuva][1]\n\n[1]: https://example.org/kuva.png", "holds a picture"),
            (f"![kuva](data:image/png;base64,{'A' * 1_000})", "holds a picture"),
            (f"![kuva](data:image/png;base64,{'A' * 1_000_000})", "characters"),
            ("![kuva](data:image/png;base64,", None),
            ("[tästä](javascript:alert(1))", None),
            ("[tästä](data:text/html,hei)", None),
            ("", "at least 1 character"),
        ],
    )
    async def test_refuses_what_the_review_does_not_take(
        self, officer: httpx.AsyncClient, markdown: str, reason: str | None
    ) -> None:
        answer = await officer.put(TEXT, json={"markdown": markdown})

        if reason is None:
            # CommonMark makes no link of these: the words stand as they were written.
            assert answer.status_code == 422 or "<a" not in answer.json()["html"]
            assert "<img" not in answer.text
        else:
            assert answer.status_code == 422
            assert reason in answer.json()["invalid_params"][0]["reason"]

    @pytest.mark.parametrize("path", ["2021-Q2/texts/nonsense/fi", "2021-Q2/texts/chats/de", "2021-Q5/texts/chats/fi"])
    async def test_refuses_other_chapters_languages_and_quarters(self, officer: httpx.AsyncClient, path: str) -> None:
        assert (await officer.put(f"/v1/quarters/{path}", json={"markdown": "x"})).status_code == 422

    async def test_is_for_officers(self, insider: httpx.AsyncClient, anyone: httpx.AsyncClient) -> None:
        assert (await anyone.put(TEXT, json={"markdown": "x"})).status_code == 401
        assert (await insider.put(TEXT, json={"markdown": "x"})).status_code == 403


class TestDelete:
    async def test_takes_it_away(self, officer: httpx.AsyncClient) -> None:
        await officer.put(TEXT, json={"markdown": "Hei."})

        assert (await officer.delete(TEXT)).status_code == 204
        assert (await officer.delete(TEXT)).json()["code"] == "chapter_text_not_found"


class TestActions:
    async def test_are_listed_by_the_day_they_were_done(self, officer: httpx.AsyncClient) -> None:
        for day in ("2021-06-10", "2021-05-01"):
            created = await officer.post("/v1/quarters/2021-Q2/actions", json=ACTION | {"done_on": day})
            assert created.status_code == 201, created.text

        actions = (await officer.get("/v1/quarters/2021-Q2/actions")).json()["actions"]

        assert [action["done_on"] for action in actions] == ["2021-05-01", "2021-06-10"]
        assert (await officer.get("/v1/quarters/2021-Q1/actions")).json()["actions"] == []

    async def test_the_same_key_makes_one(self, officer: httpx.AsyncClient) -> None:
        answers = [
            await officer.post("/v1/quarters/2021-Q2/actions", json=ACTION, headers={"Idempotency-Key": "one"})
            for _ in range(2)
        ]

        assert answers[0].json() == answers[1].json()
        assert len((await officer.get("/v1/quarters/2021-Q2/actions")).json()["actions"]) == 1

    async def test_an_unknown_topic_is_refused(self, officer: httpx.AsyncClient) -> None:
        answer = await officer.post("/v1/quarters/2021-Q2/actions", json=ACTION | {"topic": "nonsense"})

        assert answer.json()["invalid_params"][0]["name"] == "topic"

    async def test_can_be_taken_away(self, officer: httpx.AsyncClient) -> None:
        created = (await officer.post("/v1/quarters/2021-Q2/actions", json=ACTION)).json()
        address = f"/v1/quarters/2021-Q2/actions/{created['id']}"

        assert (await officer.delete(address)).status_code == 204
        assert (await officer.delete(address)).json()["code"] == "action_not_found"
