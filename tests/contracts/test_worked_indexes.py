"""The vendor's worked examples of the happy index, through the real survey_api and the real reporting_api."""

from uuid import uuid4

import httpx
import pytest

from tests.contracts.conftest import City
from tests.survey_api.factories import question, survey

pytestmark = pytest.mark.anyio

FOUR = {"very_happy": 126, "happy": 60, "unhappy": 16, "very_unhappy": 17}
FIVE = {"very_happy": 51, "happy": 23, "neutral": 12, "unhappy": 2, "very_unhappy": 4}


@pytest.mark.parametrize(
    ("kind", "presses", "index"),
    [("smiley_4", FOUR, 78.23), ("smiley_5", FIVE, 81.25)],
)
async def test_the_index_comes_out(
    city: City, reader: httpx.AsyncClient, kind: str, presses: dict[str, int], index: float
) -> None:
    await city.surveys.post(
        "/v1/surveys",
        json=survey("buttons", kind="smiley", collection_mode="device", questions=[question("mood", kind)]),
    )
    lines = [
        {"survey": "buttons", "id": str(uuid4()), "given_at": "2021-05-04T09:30:00+03:00", "answers": {"mood": face}}
        for face, count in presses.items()
        for _ in range(count)
    ]
    await city.send_lines(city.surveys, "/v1/responses/import", lines)
    smileys = (await reader.get("/v1/quarters/2021-Q2")).json()["smileys"]
    assert (smileys["happy_index"]["value"], smileys["happy_index"]["count"]) == (index, sum(presses.values()))
