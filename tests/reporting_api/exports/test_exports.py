"""Exports of records: as many rows as the figures count, in every format, and whole again after a stop."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.identifiers import new_uuid
from services.shared.tables import SurveyResponse
from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import IN_PREVIOUS, IN_QUARTER, MIDDLE_OF_QUARTER, add_feedback, add_survey

pytestmark = pytest.mark.anyio

FEEDBACK = "/v1/exports/feedback"
RESPONSES = "/v1/exports/responses"
QUARTER = {"from": "2019-04-01", "to": "2019-06-30"}


async def add_response(session: AsyncSession, survey: str, **overrides: Any) -> SurveyResponse:
    """A response as survey_api keeps it."""
    defaults: dict[str, Any] = {
        "service_point_code": "ruskeasuo-dental-clinic",
        "id": new_uuid(),
        "survey_code": survey,
        "version": 1,
        "collection_mode": "web",
        "given_at": MIDDLE_OF_QUARTER,
        "given_on": IN_QUARTER,
        "given_hour": 12,
        "recorded_at": MIDDLE_OF_QUARTER,
        "content_hash": "x",
        "answers": {"mood": 4},
    }
    row = SurveyResponse(**defaults | overrides)
    session.add(row)
    await session.flush()
    return row


def lines_of(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


async def test_there_are_as_many_rows_as_the_figures_count(
    session: AsyncSession, insider: httpx.AsyncClient, read: Read
) -> None:
    for days in range(3):
        await add_feedback(session, received_at=MIDDLE_OF_QUARTER + timedelta(days=days), handled_days=2)
    await add_feedback(session, state="transferred_out")
    await add_feedback(session, state="rejected")
    # Neither is in the figures of the quarter.
    await add_feedback(session, hold="suspected_spam", hold_reason="too many links")
    await add_feedback(session, received_at=MIDDLE_OF_QUARTER - timedelta(days=90))

    answer = await insider.get(FEEDBACK, params=QUARTER)

    received = (await read())["feedback"]["received"]["value"]
    assert received == 5
    assert len(lines_of(answer)) == received
    assert (answer.headers["x-total-count"], answer.headers["x-remaining-count"]) == ("5", "5")
    assert answer.headers["content-disposition"] == 'attachment; filename="feedback-2019-04-01-2019-06-30.csv"'


async def test_every_format_has_the_same_rows(session: AsyncSession, insider: httpx.AsyncClient) -> None:
    await add_feedback(session, handled_days=2)
    await add_feedback(session, language="sv", topic_code=None)

    rows = lines_of(await insider.get(FEEDBACK, params=QUARTER))
    ndjson = (await insider.get(FEEDBACK, params=QUARTER | {"format": "ndjson"})).text
    parquet = (await insider.get(FEEDBACK, params=QUARTER | {"format": "parquet"})).content

    objects = [json.loads(line) for line in ndjson.splitlines()]
    table = pq.read_table(io.BytesIO(parquet)).to_pylist()
    assert [row["id"] for row in rows] == [one["id"] for one in objects] == [one["id"] for one in table]
    assert list(rows[0]) == list(objects[0]) == list(table[0])
    assert rows[0]["received_at"] == "2019-05-15T09:00:00.000000Z"
    assert objects[0]["received_at"] == "2019-05-15T09:00:00+00:00"
    assert table[0]["received_at"] == MIDDLE_OF_QUARTER
    for row, one, typed in zip(rows, objects, table, strict=True):
        assert (row["reply_wanted"], one["reply_wanted"], typed["reply_wanted"]) == ("f", False, False)
        assert (row["topic"], one["topic"], typed["topic"]) == ("", None, None)
        assert row["received_on"] == one["received_on"] == str(typed["received_on"])


async def test_responses_that_count_are_exported_with_their_answers(
    session: AsyncSession, insider: httpx.AsyncClient
) -> None:
    await add_survey(session, "visit", "questionnaire", {"mood": {"kind": "scale", "scale_steps": 5}})
    counted = await add_response(session, "visit", answers={"mood": 2})
    await add_response(session, "visit", source_misuse_reason="vendor_flag")
    await add_response(
        session, "visit", given_on=IN_PREVIOUS, given_at=MIDDLE_OF_QUARTER - timedelta(days=89), given_hour=11
    )

    (row,) = lines_of(await insider.get(RESPONSES, params=QUARTER))
    (one,) = (await insider.get(RESPONSES, params=QUARTER | {"format": "ndjson"})).text.splitlines()

    assert row["id"] == str(counted.id)
    assert json.loads(row["answers"]) == json.loads(one)["answers"] == {"mood": 2}


@pytest.mark.parametrize("cut", range(0, 700, 60))
async def test_a_half_read_export_goes_on_without_loss_or_double(
    session: AsyncSession, insider: httpx.AsyncClient, cut: int
) -> None:
    for days in (0, 0, 0, 1, 1, 2):
        await add_feedback(session, received_at=MIDDLE_OF_QUARTER + timedelta(days=days))
    whole = (await insider.get(FEEDBACK, params=QUARTER)).text

    read_lines = whole[:cut].split("\n")[:-1]
    if len(read_lines) < 2:
        rest = await insider.get(FEEDBACK, params=QUARTER)
        read_lines = []
    else:
        cursor = ",".join(read_lines[-1].split(",")[:2])
        rest = await insider.get(FEEDBACK, params=QUARTER | {"cursor": cursor})
    rows = [*read_lines[1:], *rest.text.splitlines()[1:]]

    assert rows == whole.splitlines()[1:]
    assert rest.headers["x-total-count"] == "6"
    assert rest.headers["x-remaining-count"] == str(len(rest.text.splitlines()) - 1)


async def test_responses_go_on_after_a_row_of_any_survey(session: AsyncSession, insider: httpx.AsyncClient) -> None:
    for survey in ("visit", "call"):
        await add_survey(session, survey, "questionnaire", {"mood": {"kind": "scale", "scale_steps": 5}})
        for _ in range(3):
            await add_response(session, survey)
    rows = lines_of(await insider.get(RESPONSES, params=QUARTER))

    for place, row in enumerate(rows):
        cursor = ",".join(row[name] for name in ("survey", "given_on", "service_point", "id"))
        rest = lines_of(await insider.get(RESPONSES, params=QUARTER | {"cursor": cursor}))
        assert rest == rows[place + 1 :]


async def test_only_a_units_rows(session: AsyncSession, insider: httpx.AsyncClient) -> None:
    await add_feedback(session)
    await add_feedback(session, unit_code="social-advice")

    rows = lines_of(await insider.get(FEEDBACK, params=QUARTER | {"unit": "social-advice"}))

    assert [row["unit"] for row in rows] == ["social-advice"]


async def test_no_cell_of_csv_is_a_formula(session: AsyncSession, insider: httpx.AsyncClient) -> None:
    sources = ["=1+1", "+1", "-1", "@x", "web=", 'a"b,c']
    for source in sources:
        await add_feedback(session, source=source)

    rows = lines_of(await insider.get(FEEDBACK, params=QUARTER))
    ndjson = (await insider.get(FEEDBACK, params=QUARTER | {"format": "ndjson"})).text

    assert sorted(row["source"] for row in rows) == sorted(["'=1+1", "'+1", "'-1", "'@x", "web=", 'a"b,c'])
    assert sorted(json.loads(line)["source"] for line in ndjson.splitlines()) == sorted(sources)


async def test_nobody_else_may_export(anyone: httpx.AsyncClient) -> None:
    for address in (FEEDBACK, RESPONSES):
        assert (await anyone.get(address, params=QUARTER)).status_code == 401


async def test_content_is_not_given_here(insider: httpx.AsyncClient) -> None:
    answer = await insider.get(FEEDBACK, params=QUARTER | {"content": "true"})

    assert (answer.status_code, answer.json()["code"]) == (403, "content_elsewhere")
    assert "feedback:handle" in answer.json()["detail"]


NO_CURSORS: Sequence[str] = (
    "nonsense",
    "2019-05-15",
    "2019-05-15,x",
    "x,0190b6a0-0000-7000-8000-000000000000",
    ",",
    "",
)


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": "2019-04-01"},
        {"to": "2019-04-01"},
        {"from": "2019-06-30", "to": "2019-04-01"},
        {"from": "20190401", "to": "2019-06-30"},
        QUARTER | {"format": "xlsx"},
        QUARTER | {"unit": "nowhere"},
        *(QUARTER | {"cursor": cursor} for cursor in NO_CURSORS),
    ],
)
async def test_what_is_wrong_is_named(insider: httpx.AsyncClient, wrong: dict[str, str]) -> None:
    answer = await insider.get(FEEDBACK, params=wrong)

    assert answer.status_code == 422
    assert answer.json()["invalid_params"]
