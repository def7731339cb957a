"""The same records and the same code give the same bytes, in whichever order the records came and however often."""

import json
import re
from collections.abc import Iterable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any, NamedTuple

import httpx
import pikepdf
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.feedback_api.main import create as create_feedback_api
from services.reporting_api.main import create as create_reporting_api
from services.reporting_api.tables.formats.registry import FileFormat
from services.shared.scopes import Scope
from services.survey_api.main import create as create_survey_api
from tests.conftest import add_key, attach, client_of
from tests.contracts.conftest import City
from tests.contracts.test_editions import QUARTER, WARNINGS
from tests.contracts.test_statement_clients import feedback_lines
from tests.reporting_api.review.pdf_reading import read_tags
from tests.survey_api.factories import RIGHT_ANSWERS, line, survey

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 2, 10, tzinfo=UTC)
LANGUAGES = ("fi", "sv", "en")
EDITION = f"/v1/editions/{QUARTER}/1"

Files = dict[str, bytes]


class Keys(NamedTuple):
    """Of the officers, and of whoever brings the records."""

    everything: str
    service: str
    drafter: str
    signer: str


@pytest.fixture
async def keys(session: AsyncSession) -> Keys:
    return Keys(
        await add_key(session, *Scope, name="everything"),
        await add_key(session, Scope.SERVICE, name="service"),
        await add_key(session, Scope.REPORT_PUBLISH, name="drafter"),
        await add_key(session, Scope.REPORT_PUBLISH, name="signer"),
    )


def records() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Feedback and answers, the same each time but for what they are told apart by."""
    answers = [
        line(answers=RIGHT_ANSWERS | {"scale": scale, "single": single})
        for scale in (0, 25, 50, 75)
        for single in ("booking", "advice", "other")
        for _ in range(5)
    ]
    return feedback_lines(), answers


async def published(
    connection: AsyncConnection,
    keys: Keys,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
    at: datetime,
    formats: Iterable[FileFormat] = FileFormat,
) -> Files:
    """Every file of the edition made of the records, sent in the order of ``seed``, in a database without others."""
    monkeypatch.setattr("services.reporting_api.editions.endpoints.now", lambda: at)
    emptied = await connection.begin_nested()
    async with AsyncExitStack() as stack:
        apps = [attach(create(), connection) for create in (create_feedback_api, create_survey_api)]
        feedback, surveys = [await stack.enter_async_context(client_of(app, key=keys.everything)) for app in apps]
        city = City(feedback, surveys, keys.service)
        reporting = attach(create_reporting_api(), connection)
        reporting.state.statement_clients = city.clients
        for_feedback, for_surveys = records()
        assert (await surveys.post("/v1/surveys", json=survey())).status_code == 201
        for service, path, lines in (
            (feedback, "/v1/feedback/import", for_feedback),
            (surveys, "/v1/responses/import", for_surveys),
        ):
            Random(seed).shuffle(lines)
            await city.send_lines(service, path, lines)
        drafter = await stack.enter_async_context(client_of(reporting, key=keys.drafter))
        signer = await stack.enter_async_context(client_of(reporting, key=keys.signer))
        for language in LANGUAGES:
            text = await drafter.put(f"/v1/quarters/{QUARTER}/texts/chats/{language}", json={"markdown": "Kiitos 12."})
            assert text.status_code == 200
        assert (await drafter.post("/v1/editions", json={"quarter": QUARTER})).status_code == 201
        assert (await signer.post(f"{EDITION}/sign-off")).status_code == 200
        accepted = {"accept_warnings": [*WARNINGS["accept_warnings"], "numbers_are_facts"]}
        sent = await drafter.post(f"{EDITION}/publish", json=accepted)
        assert sent.status_code == 200, sent.text
        anyone = await stack.enter_async_context(client_of(reporting))
        files = {}
        for path in await addresses(anyone, formats):
            answer = await anyone.get(path)
            assert answer.status_code == 200, answer.text
            files[path] = answer.content
    await emptied.rollback()
    return files


async def addresses(anyone: httpx.AsyncClient, formats: Iterable[FileFormat]) -> list[str]:
    """The edition as JSON, each table in each format, and the review in each language."""
    listed = (await anyone.get(f"{EDITION}/tables")).json()
    names = [table["name"] for table in listed["tables"]]
    assert len(names) > 10
    tables = [f"{EDITION}/tables/{name}?format={file}&lang=sv" for name in names for file in formats]
    in_words = [
        f"/reviews/{QUARTER}{kind}?lang={language}" for kind in ("", ".pdf", "/card.png") for language in LANGUAGES
    ]
    return [EDITION, f"{EDITION}/tables", *tables, *in_words]


async def test_the_same_records_give_the_same_bytes(
    connection: AsyncConnection, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await published(connection, keys, 1, monkeypatch, NOON)
    second = await published(connection, keys, 2, monkeypatch, NOON)
    later = await published(connection, keys, 3, monkeypatch, NOON + timedelta(days=1), (FileFormat.JSON_STAT,))

    assert len(first) > 100
    assert first.keys() == second.keys() > later.keys()
    assert [path for path in first if first[path] != second[path]] == []
    # At another time nothing but that time differs.
    assert first[EDITION] != later[EDITION]
    for path, content in later.items():
        if ".pdf" not in path:
            assert _timeless(content) == _timeless(first[path]), path
    for language in LANGUAGES:
        path = f"/reviews/{QUARTER}.pdf?lang={language}"
        assert _timeless(_words(later[path])) == _timeless(_words(first[path]))
    hashes = {json.loads(files[EDITION])["content_hash"] for files in (first, second, later)}
    assert len(hashes) == 1


def _words(pdf: bytes) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as read:
        return read_tags(read).text.encode()


def _timeless(content: bytes) -> bytes:
    """Without the day of making, which is the second or the third of November 2026, in any of its spellings."""
    space = rb"(?: |\xc2\xa0)"
    day = rb"\b[23](?=\.?" + space + rb"(?:[Nn]ov\w*|marraskuuta)" + space + rb"2026)"
    return re.sub(rb"2026-11-0[23]T10:00:00|" + day, b"", content)
