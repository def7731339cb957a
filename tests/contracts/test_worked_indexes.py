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
    ("kind", "presses", "index", "mean"),
    # The mean of four is ours: (126 * 5 + 60 * 11/3 + 16 * 7/3 + 17 * 1) / 219.
    [("smiley_4", FOUR, 78.23, 4.13), ("smiley_5", FIVE, 81.25, 4.25)],
)
async def test_the_index_and_the_average_come_out(
    city: City, reader: httpx.AsyncClient, kind: str, presses: dict[str, int], index: float, mean: float
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
    [point] = smileys["service_points"]
    for section in (smileys, point):
        assert (section["happy_index"]["value"], section["happy_index"]["count"]) == (index, sum(presses.values()))
        assert (section["smiley_mean"]["value"], section["smiley_mean"]["base"]) == (mean, sum(presses.values()))
        least, most = section["smiley_mean"]["interval"]
        assert 1 <= least < mean < most <= 5
        # By Student's t, as the index's, of which it is a linear function.
        index_least, index_most = section["happy_index"]["interval"]
        assert (least, most) == pytest.approx((1 + index_least / 25, 1 + index_most / 25), abs=0.006)
    hours = (await reader.get("/v1/quarters/2021-Q2/smileys")).json()["current"]
    assert (hours["happy_index"], hours["smiley_mean"]) == (index, mean)
    table = (await reader.get("/v1/quarters/2021-Q2/tables/smileys", params={"format": "csv"})).text
    assert any("smiley_mean" in line and str(mean) in line for line in table.splitlines()), table
