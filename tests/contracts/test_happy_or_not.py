"""The vendor's own worked examples come out of reporting_api from what was pulled."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.shared.scopes import Scope
from services.survey_api.main import create as create_survey_api
from tests.conftest import add_key, attach, client_of
from tests.survey_api.factories import question
from tests.survey_api.factories import survey as survey_body
from tests.survey_api.happy_or_not import POINT, configure, entry, pull, put_mapping
from tests.survey_api.vendor_server import Vendor, running

pytestmark = pytest.mark.anyio

EXAMPLES = [
    # Presses from the most negative, and the index as the vendor's help works it.
    ("four", "smiley_4", [17, 16, 60, 126], 78.23),
    ("five", "smiley_5", [4, 2, 12, 23, 51], 81.25),
]


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with running(Vendor(points=[{"experiencePointId": 42, "name": "Exit", "type": "EXPERIENCE-POINT"}])) as vendor:
        yield vendor


@pytest.mark.parametrize(("scale", "kind", "presses", "index"), EXAMPLES)
async def test_worked_examples_of_the_index(
    reader: httpx.AsyncClient,
    connection: AsyncConnection,
    session: AsyncSession,
    vendor: Vendor,
    scale: str,
    kind: str,
    presses: list[int],
    index: float,
) -> None:
    vendor.surveys = [{"surveyId": 11, "feedbackScale": scale}]
    for button, count in enumerate(presses):
        for number in range(count):
            vendor.press(f"{button}-{number}", f"2026-03-02T{8 + number % 9:02}:{number % 60:02}:00", button)
    for number in range(20):
        vendor.press(f"child-{number}", "2026-03-02T12:00:00", 0, misuse=True)
    app: FastAPI = attach(create_survey_api(), connection)
    configure(app, vendor, happy_or_not_page_rows=50)
    questions = [question("satisfaction", kind, purpose="satisfaction")]
    body = survey_body("terminals", kind="smiley", collection_mode="device", questions=questions)
    async with client_of(app, key=await add_key(session, *Scope, name="puller")) as surveys:
        assert (await surveys.post("/v1/surveys", json=body)).status_code == 201
        await put_mapping(surveys, entry(comment=None, follow_up=None, options={}))
        ended = await pull(app, surveys, from_day="2026-03-01", to_day="2026-03-31")
    assert ended["counts"]["created"] == sum(presses) + 20

    report = (await reader.get("/v1/months/2026-03")).json()
    [point] = report["smileys"]["service_points"]
    assert (point["code"], point["presses"]["value"]) == (POINT, sum(presses))
    assert point["happy_index"]["value"] == index
    shares: dict[str, Any] = {entry["code"]: entry["share"]["count"] for entry in report["smileys"]["distribution"]}
    counts = list(shares.values())
    assert sorted(counts) == sorted(presses)
    top = len(presses) - 1
    exact = 100 * sum(count * button / top for button, count in enumerate(presses)) / sum(presses)
    assert round(exact, 2) == index
