"""docs/golden-city.md, worked by hand: its rows through the real services give its results."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting_api.main import create as create_reporting_api
from services.shared.clock import CITY_ZONE
from tests.conftest import attach, client_of
from tests.contracts.conftest import City
from tests.survey_api.factories import options, question

pytestmark = pytest.mark.anyio

PAGE = (Path(__file__).parents[2] / "docs" / "golden-city.md").read_text(encoding="utf-8")
QUARTER = "/v1/quarters/2022-Q1"
NOTHING = "–"
GIVEN_AT = "2022-02-15T12:00:00+02:00"

SURVEYS: dict[str, dict[str, Any]] = {
    "chat": {
        "kind": "chat",
        "unit": "oral-health",
        "collection_mode": "chat",
        "questions": [
            question("satisfaction", "scale", scale_steps=6, purpose="satisfaction"),
            question("topic", "single_choice", purpose="contact_topic", options=options("booking", "advice")),
            question("helped", "yes_no", purpose="statement"),
        ],
    },
    "smileys": {
        "kind": "smiley",
        "unit": "kallio-health-station",
        "collection_mode": "device",
        "questions": [question("mood", "smiley_4")],
    },
    "survey": {
        "kind": "questionnaire",
        "unit": "oral-health",
        "collection_mode": "web",
        "questions": [question("grade", "grade", purpose="overall_grade")],
    },
}


def table_under(heading: str, number: int = 0) -> list[list[str]]:
    """The cells of the page's table ``number`` under a heading, without its head."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    tables = re.findall(r"(?:^\|.*\n)+", section, flags=re.MULTILINE)
    lines = tables[number].strip().splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def feedback_lines() -> Iterator[dict[str, Any]]:
    for number, received, type_code, topic, happened in table_under("The feedback"):
        received_at = datetime.fromisoformat(received).replace(tzinfo=CITY_ZONE)
        yield {
            "source": "golden city",
            "reference": number,
            "received_at": received_at.isoformat(),
            "type": type_code,
            "topic": None if topic == NOTHING else topic,
            "unit": "home-care",
            "text": f"Palaute {number}.",
            "events": [] if happened == NOTHING else [event(one, received_at) for one in happened.split(", ")],
        }


def event(written: str, received_at: datetime) -> dict[str, Any]:
    kind, days = written.split(" +")
    # A day is 24 hours, whatever the clock does: added to the instant, not to the wall's time.
    moment = received_at.astimezone(UTC) + timedelta(days=float(days))
    return {"kind": kind, "occurred_at": moment.isoformat()} | ({"recipient": "HUS"} if kind == "transferred" else {})


def response_lines() -> Iterator[dict[str, Any]]:
    answers: dict[str, list[dict[str, Any]]] = {}
    for survey, code, given in table_under("The answers"):
        values = [value_of(word) for word in given.split(", ")]
        responses = answers.setdefault(survey, [{} for _ in values])
        for response, value in zip(responses, values, strict=True):
            response[code] = value
    for survey, responses in answers.items():
        for response in responses:
            yield {"survey": survey, "id": str(uuid4()), "given_at": GIVEN_AT, "answers": response}


def value_of(word: str) -> Any:
    if word in ("yes", "no"):
        return word == "yes"
    return int(word) if word.isdigit() else word


@pytest.fixture
async def lived(city: City) -> None:
    await city.send_lines(city.feedback, "/v1/feedback/import", list(feedback_lines()))
    for code, definition in SURVEYS.items():
        body = definition | {
            "code": code,
            "names": {"fi": code, "sv": code, "en": code},
            "opens_at": "2021-01-01T00:00:00+02:00",
        }
        answer = await city.surveys.post("/v1/surveys", json=body)
        assert answer.status_code == 201, answer.text
    await city.send_lines(city.surveys, "/v1/responses/import", list(response_lines()))


def test_the_page_has_what_it_says() -> None:
    assert len(list(feedback_lines())) == 20
    assert len(list(response_lines())) == 30


@pytest.mark.usefixtures("lived")
async def test_every_result_of_the_page(reader: httpx.AsyncClient) -> None:
    figures = (await reader.get(QUARTER, params={"check": "statements"})).json()

    results = {where: float(result) for where, _, result in table_under("The results")}
    assert {where: float(at(figures, where)) for where in results} == results
    assert [it["status"] for it in figures["statements"]] == ["agree", "agree"]


@pytest.mark.usefixtures("lived")
async def test_what_anyone_may_see(connection: AsyncConnection) -> None:
    app: FastAPI = attach(create_reporting_api(), connection)
    async with client_of(app) as anyone:
        figures = (await anyone.get(QUARTER)).json()

    statuses = {where: status for where, _, status in table_under("The results", 1)}
    assert {where: at(figures, where) for where in statuses} == statuses


def at(figures: Any, where: str) -> Any:
    """What stands at a place such as ``feedback.by_type[complaint].number.value``."""
    found = figures
    for name, code in re.findall(r"(\w+)(?:\[([\w-]+)\])?", where):
        found = found[int(name)] if name.isdigit() else found[name]
        if code:
            wanted = None if code == "null" else code
            found = next(one for one in found if one["code"] == wanted)
    return found
