"""Residents' own words in the review: released ones alone, in their language, and gone when they are erased."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.identifiers import new_uuid
from services.shared.tables import CommentDecision, SurveyResponseContent
from tests.reporting_api.factories import add_responses, add_survey
from tests.reporting_api.review.conftest import draft, publish
from tests.reporting_api.review.test_pdf import read_pdf

pytestmark = pytest.mark.anyio

PAGE = "/reviews/2019-Q2"
POINT = "ruskeasuo-dental-clinic"
AT = datetime(2019, 5, 6, 9, tzinfo=UTC)


async def add_comments(session: AsyncSession, *words: tuple[str, str | None], survey: str = "chat") -> None:
    """Released comments with their languages."""
    for comment, language in words:
        response = new_uuid()
        given = {"service_point_code": POINT, "id": response, "survey_code": survey, "version": 1, "language": language}
        await session.execute(
            text(
                "INSERT INTO survey_response (service_point_code, id, survey_code, version, language, given_at,"
                " given_on, given_hour, precision, collection_mode, answers, content_hash, is_complete, recorded_at)"
                " VALUES (:service_point_code, :id, :survey_code, :version, :language, :at, :on, 12, 'second', 'web',"
                " '{}', '', true, :at)"
            ),
            given | {"at": AT, "on": AT.date()},
        )
        session.add(
            SurveyResponseContent(service_point_code=POINT, response_id=response, comments={"comment": comment})
        )
        await session.flush()
        session.add(
            CommentDecision(
                service_point_code=POINT,
                response_id=response,
                question_code="comment",
                decision="released",
                reason="x",
                decided_by="x",
                decided_at=AT,
            )
        )
        await session.flush()


@pytest.fixture
async def quoting(app: FastAPI, session: AsyncSession) -> None:
    """A published review that quotes three comments of a chat."""
    await add_survey(session, "chat", "chat", {"comment": {"kind": "text", "purpose": "comment"}})
    await add_responses(session, "chat", 40)
    await add_comments(session, ("Sain <b>avun</b> heti.", "fi"), ("Det gick bra.", "sv"), ("Ok 👍", None))
    await draft(app)
    await publish(session)


def quoted(page: str) -> dict[str, str]:
    """The language of each quotation."""
    found: Sequence[tuple[str, str]] = re.findall(r'<blockquote><p lang="([^"]*)">([^<]*)</p>', page)
    return {words: language for language, words in found}


@pytest.mark.usefixtures("quoting")
async def test_words_are_shown_in_their_language_and_kept_by_no_edition(
    anyone: httpx.AsyncClient, session: AsyncSession
) -> None:
    page = (await anyone.get(PAGE, params={"lang": "en"})).text
    _, tags = await read_pdf(anyone, lang="en")

    assert quoted(page) == {"Sain &lt;b&gt;avun&lt;/b&gt; heti.": "fi", "Det gick bra.": "sv", "Ok 👍": "und"}
    assert "Sain <b>avun</b> heti." in tags.text
    (content,) = (await session.execute(text("SELECT content || internal_content FROM edition"))).scalars()
    assert "<b>avun" not in content
    assert content.count('"place"') == 6


@pytest.mark.usefixtures("quoting")
async def test_what_is_erased_withdrawn_or_misuse_is_gone(anyone: httpx.AsyncClient, session: AsyncSession) -> None:
    before = await anyone.get(PAGE, params={"lang": "en"})
    await session.execute(text("DELETE FROM survey_response_content WHERE comments ->> 'comment' LIKE 'Sain%'"))
    await session.execute(
        text(
            "UPDATE survey_response SET source_misuse_reason = 'vendor_flag' WHERE language = 'sv' AND id IN"
            " (SELECT response_id FROM survey_response_content)"
        )
    )
    await add_comments(session, ("Tuli myöhemmin.", "fi"))

    after = await anyone.get(PAGE, params={"lang": "en"}, headers={"If-None-Match": before.headers["etag"]})
    _, tags = await read_pdf(anyone, lang="en")

    assert after.status_code == 200
    assert list(quoted(after.text)) == ["Ok 👍"]
    assert "Some of the comments that stood here have been removed." in after.text
    assert "avun" not in tags.text


@pytest.mark.usefixtures("published")
async def test_a_review_without_comments_says_nothing_of_them(anyone: httpx.AsyncClient) -> None:
    assert "<blockquote>" not in (await anyone.get(PAGE)).text
