"""Gzipped imports: unpacked as they come, and no further than an honest one goes."""

import gzip
import json
from codecs import BOM_UTF8
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from tests.survey_api.factories import add_survey, count, line, ndjson

pytestmark = pytest.mark.anyio

PATH = "/v1/responses/import"
GZIP = {"Content-Encoding": "gzip"}


@pytest.fixture(autouse=True)
async def chat(staff: httpx.AsyncClient) -> None:
    await add_survey(staff)


async def test_a_gzipped_import_is_taken(staff: httpx.AsyncClient, session: AsyncSession) -> None:
    lines = ndjson([line() for _ in range(1_100)])
    answer = await staff.post(PATH, content=gzip.compress(lines), headers=GZIP)
    assert {json.loads(result)["status"] for result in answer.text.splitlines()} == {"created"}
    assert await count(session, "survey_response") == 1_100


@pytest.mark.parametrize(("pack", "headers"), [(bytes, {}), (gzip.compress, GZIP)], ids=["plain", "gzipped"])
async def test_a_byte_order_mark_hurts_no_import(
    staff: httpx.AsyncClient, pack: Callable[[bytes], bytes], headers: dict[str, str]
) -> None:
    answer = await staff.post(PATH, content=pack(BOM_UTF8 + ndjson([line(), line()])), headers=headers)
    assert [json.loads(result)["status"] for result in answer.text.splitlines()] == ["created", "created"]
    answer = await staff.post(PATH, content=pack(BOM_UTF8), headers=headers)
    assert (answer.status_code, answer.json()["invalid_params"][0]["name"]) == (422, "body")


async def test_members_one_after_another_are_one_body(staff: httpx.AsyncClient, session: AsyncSession) -> None:
    first, second = ndjson([line(), line()]), ndjson([line()])
    content = gzip.compress(first[:40]) + gzip.compress(first[40:] + b"\n") + gzip.compress(second)
    await staff.post(PATH, content=content, headers=GZIP)
    assert await count(session, "survey_response") == 3


async def test_a_bomb_is_refused_and_what_came_before_stays(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession
) -> None:
    app.state.settings = app.state.settings.model_copy(update={"import_batch_lines": 10})
    good = ndjson([line() for _ in range(10)]) + b"\n"
    bomb = gzip.compress(good) + gzip.compress(b" " * 100_000_000)
    answer = await staff.post(PATH, content=bomb, headers=GZIP)
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert "over 200 times its size" in answer.json()["detail"]
    assert "before line 11 was taken and stays" in answer.json()["detail"]
    assert await count(session, "survey_response") == 10


@pytest.mark.parametrize(
    "content", [b"{}", gzip.compress(ndjson([line()]))[:-12], gzip.compress(b"{}") + b"rest"], ids=["no", "cut", "rest"]
)
async def test_what_is_no_whole_gzip_is_refused(staff: httpx.AsyncClient, content: bytes) -> None:
    answer = await staff.post(PATH, content=content, headers=GZIP)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


async def test_another_encoding_is_refused(staff: httpx.AsyncClient) -> None:
    answer = await staff.post(PATH, content=b"x", headers={"Content-Encoding": "br"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
