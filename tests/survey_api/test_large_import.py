"""Imports of many lines go a short way: plain lines are judged without Pydantic, and new responses are copied."""

import random
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.clock import now
from services.shared.ndjson import Line
from services.shared.problems import Problem
from services.survey_api.responses.copying import copy_new
from services.survey_api.responses.lines import judge_line, place_line, read_line
from services.survey_api.responses.origins import Places
from services.survey_api.responses.plain_lines import PlainLines
from services.survey_api.responses.repository import COPIED_MIN
from tests.survey_api.factories import (
    RIGHT_ANSWERS,
    add_survey,
    count,
    every_kind,
    histogram,
    line,
    question,
    send_lines,
)

pytestmark = pytest.mark.anyio

MANY = COPIED_MIN + 10

FIELDS: dict[str, list[Any]] = {
    "survey": ["chat", "chat", "following", "nowhere", "chat ", None, 5],
    "id": [str(UUID(int=7)), str(UUID(int=8)), str(UUID(int=7)).upper(), UUID(int=7).hex, "7", None],
    "given_at": [
        "2021-05-04T09:30:00+03:00",
        "2021-05-04T23:59:59.123456Z",
        "2021-10-31T03:30:00.5+02:00",
        "2021-05-04T09:30:00+05:45",
        "2021-05-04T09:30",
        "20210504T093000Z",
        "2021-02-30T09:30:00Z",
        "2014-05-04T09:30:00Z",
        "1999-05-04T09:30:00Z",
        "2999-05-04T09:30:00Z",
        1620110000,
    ],
    "version": [1, 2, 0, True, "1", 1.0, None],
    "service_point": ["oral-health", "", " oral-health", "atlantis", None, ["oral-health"], 3],
    "collection_mode": ["paper", "chat", "dove", None, ["chat"]],
    "language": ["fi", "zh-Hans", "other", "fi\n", "Finnish", "", None, 5],
    "interaction_id": ["visit-1", " visit-2 ", "010190-999P", "a\x00b", "x" * 301, "", None, 7],
    "complete": [True, False],
    "button": [1],
    "colour": ["red"],
}
ANSWERS: dict[str, list[Any]] = {
    "scale": [75, 75.0, 30, True, "75", None],
    "smiley_4": ["happy", "neutral", 3],
    "smiley_5": ["neutral", ["neutral"]],
    "single": ["booking", "bookings", {"a": 1}],
    "multiple": [["booking"], ["other", "booking"], [], ["booking", "booking"], [1], "booking"],
    "yes_no": [True, False, 1, 0, "true"],
    "grade": [4, 10, 3, 9.0],
    "nps": [0, 1, 10, False],
    "comment": ["Kiitos!", " Soita 040 123 4567 ", "a\nb\tc", "", "a\x00b", "x" * 10_001, 5],
    " nps ": [5],
    "why": ["booking"],
    "unknown": [1],
}


def some_line(chance: random.Random) -> bytes:
    """A line with what is most often right, and now and then is not."""

    def one_of(values: list[Any]) -> Any:
        return values[0] if chance.random() < 0.85 else chance.choice(values)

    fields = {name: one_of(FIELDS[name]) for name in ("survey", "id", "given_at")}
    for name in ("version", "service_point", "collection_mode", "language", "interaction_id"):
        if chance.random() < 0.4:
            fields[name] = one_of(FIELDS[name])
    for name in ("complete", "button", "colour"):
        if chance.random() < 0.03:
            fields[name] = chance.choice(FIELDS[name])
    codes = chance.sample(list(ANSWERS)[:9], chance.randint(0, 4))
    codes += [code for code in list(ANSWERS)[9:] if chance.random() < 0.05]
    return orjson.dumps(fields | {"answers": {code: one_of(ANSWERS[code]) for code in codes}})


@pytest.fixture(autouse=True)
async def chat(staff: httpx.AsyncClient) -> dict[str, Any]:
    return await add_survey(staff, allows_several_per_interaction=False)


async def test_the_short_way_makes_the_same_response_as_the_ordinary(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession
) -> None:
    follow_up = question("why", "text", shown_when={"question": "nps", "values": [0, 1]})
    await add_survey(staff, "following", questions=[*every_kind(), follow_up])
    catalogue = await app.state.catalogue.get(session)
    surveys = await app.state.surveys.find_all(session, ["chat", "following"])
    plain_lines, at, chance = PlainLines(catalogue, app.state.surveys), now(), random.Random(7)
    judged = 0
    for number in range(3_000):
        given = Line(number, some_line(chance))
        plain = plain_lines.judge(given, until=at + timedelta(minutes=1))
        if plain is None:
            continue
        judged += 1
        read = read_line(given)
        assert not isinstance(read, Problem), (given, read)
        assert place_line(read, Places(), at) is None
        ordinary = judge_line(read, None, surveys, catalogue)
        assert plain.judged() == ordinary, given
    assert 600 < judged < 2_400, judged


AN_ID, ANOTHER_ID = str(UUID(int=7)), str(UUID(int=8))
TRICKY = [
    '{"answers":{"id":"AN_ID"},"survey":"named","id":"\\u0001","given_at":"2021-05-04T09:30:00Z"}',
    '{"answers":{"id":"AN_ID"},"survey":"named","id":"ANOTHER_ID","given_at":"2021-05-04T09:30:00Z"}',
    '{"id":"AN_ID","answers":{"id":"AN_ID"},"survey":"named","id":"ANOTHER_ID","given_at":"2021-05-04T09:30:00Z"}',
    '{"survey":"named","id":"AN_ID","given_at":"2021-05-04T09:30:00Z","answers":{"given_at":"\\u0001","id":"x"}}',
    '{"my\\"id":"AN_ID","survey":"named","answers":{"id":"x"},"id":"ANOTHER_ID","given_at":"2021-05-04T09:30:00Z"}',
    '{"survey":"named","id":"AN_ID","given_at":"2021-05-04T25:30:00Z","answers":{"id":"x"}}',
    '{"survey":"named","id":"AN_ID","given_at":"2021-05-04T09:30:00Z","answers":{"id":"x"},"id":"7"}',
]


async def test_an_id_is_no_other_thing_of_that_name(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession
) -> None:
    """A question may be called id, and JSON may name a field twice."""
    await add_survey(staff, "named", questions=[question("id", "text"), question("given_at", "text")])
    catalogue = await app.state.catalogue.get(session)
    surveys = await app.state.surveys.find_all(session, ["named"])
    plain_lines = PlainLines(catalogue, app.state.surveys)
    for number, words in enumerate(TRICKY * 2):
        given = Line(number, words.replace("ANOTHER_ID", ANOTHER_ID).replace("AN_ID", AN_ID).encode())
        plain = plain_lines.judge(given, until=now())
        read = read_line(given)
        if plain is not None:
            assert not isinstance(read, Problem), given
            assert plain.judged() == judge_line(read, None, surveys, catalogue), given


async def test_new_lines_are_counted_whatever_else_comes_with_them(
    staff: httpx.AsyncClient, session: AsyncSession
) -> None:
    lines = [line(answers={"scale": (0, 25, 50, 75, 100)[number % 5], "comment": "Hei"}) for number in range(MANY)]
    lines += [line(answers={"scale": 25}) for _ in range(MANY)]
    lines[7] |= {"answers": {"scale": 26}}
    lines[9] |= {"given_at": "2999-05-04T09:30:00Z"}
    first = await send_lines(staff, lines)
    assert Counter(result["status"] for result in first) == {"created": 2 * MANY - 2, "refused": 2}
    assert [first[7]["status"], first[9]["status"]] == ["refused", "refused"]
    assert [result["line"] for result in first] == list(range(1, 2 * MANY + 1))
    assert [result["id"] for result in first if result["id"]] == [
        sent["id"] for number, sent in enumerate(lines) if number not in {7, 9}
    ]
    told = {"line": 1, "status": "created", "id": lines[0]["id"], "code": None, "detail": None, "invalid_params": []}
    assert first[0] == told
    assert (await send_lines(staff, [line() for _ in range(MANY)]))[0].keys() == told.keys()
    again = await send_lines(staff, [*lines, line(answers={"scale": 25})])
    assert Counter(result["status"] for result in again) == {"unchanged": 2 * MANY - 2, "refused": 2, "created": 1}
    right = [sent["answers"]["scale"] for number, sent in enumerate(lines) if number not in {7, 9}]
    right += [25] + [75] * MANY
    counted = await histogram(session)
    assert {value: number for (code, value), number in counted.items() if code == "scale"} == Counter(right)
    assert counted["_responses", 1] == 3 * MANY - 1
    assert await count(session, "survey_response_content") == MANY - 2


async def test_what_is_copied_is_stored_to_the_character(staff: httpx.AsyncClient, session: AsyncSession) -> None:
    awkward = ["a\tb", "c\\nd", "\\.", "\\N", "line\u2028end", "e\\", 'quote"s']
    lines = [line(interaction_id=words, answers=RIGHT_ANSWERS | {"comment": f"{words}\n{words}"}) for words in awkward]
    lines += [line(language="smn") for _ in range(MANY)]
    results = await send_lines(staff, lines)
    assert {result["status"] for result in results} == {"created"}
    rows = await session.execute(
        text(
            "SELECT id, interaction_reference, single_interaction, comments ->> 'comment', given_hour"
            " FROM survey_response JOIN survey_response_content ON response_id = id"
        )
    )
    assert {(str(row[0]), *row[1:]) for row in rows} == {
        (sent["id"], words, words, f"{words}\n{words}", 9) for sent, words in zip(lines, awkward, strict=False)
    }


async def test_what_is_here_already_is_left_as_it_is(staff: httpx.AsyncClient, session: AsyncSession) -> None:
    before = [line() for _ in range(MANY)]
    await send_lines(staff, before[: MANY // 2])
    changed = before[0] | {"answers": {"scale": 0}}
    results = await send_lines(staff, [changed, *before[1:], line()])
    assert [result["status"] for result in results] == (
        ["refused"] + ["unchanged"] * (MANY // 2 - 1) + ["created"] * (MANY // 2 + 1)
    )
    assert await histogram(session) == {("_responses", 1): MANY + 1, ("scale", 75): MANY + 1}


async def test_of_an_interaction_one_is_taken(staff: httpx.AsyncClient, session: AsyncSession) -> None:
    await send_lines(staff, [line(interaction_id="visit-1")])
    again = [line(interaction_id=f"visit-{number % 3}") for number in range(6)]
    results = await send_lines(staff, [*again, *(line() for _ in range(MANY))])
    statuses = [result["status"] for result in results]
    assert sorted(statuses[:6]) == ["created"] * 2 + ["refused"] * 4
    assert {result["code"] for result in results[:6]} == {None, "interaction_answered"}
    assert statuses[6:] == ["created"] * MANY
    assert await count(session, "survey_response") == MANY + 3


async def test_a_copy_that_another_writer_was_faster_than_leaves_nothing(app: FastAPI, session: AsyncSession) -> None:
    catalogue = await app.state.catalogue.get(session)
    await app.state.surveys.find_all(session, ["chat"])
    plain_lines = PlainLines(catalogue, app.state.surveys)
    responses = [
        plain_lines.judge(Line(number, orjson.dumps(line(id=str(uuid4())))), until=now()) for number in range(3)
    ]
    right = [response.judged() for response in responses if response is not None]
    # The same row twice stands for one that came between the question what is here and the copy.
    assert await copy_new(session, [*right, right[-1]], now()) is None
    assert await count(session, "survey_response") == 0
    assert await copy_new(session, right, now()) == right
