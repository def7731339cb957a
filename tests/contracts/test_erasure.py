"""Erasing the content of half of all items changes no figure and no statement."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.contracts.conftest import City
from tests.contracts.test_statement_clients import feedback_lines

pytestmark = pytest.mark.anyio


async def reports(reader: httpx.AsyncClient) -> list[dict[str, Any]]:
    found = []
    for path in ("/v1/quarters/2021-Q2?check=statements", "/v1/quarters/2021-Q3?check=statements", "/v1/years/2021"):
        report = (await reader.get(path)).json()
        report.pop("as_of")
        found.append(report)
    return found


async def test_no_figure_moves(city: City, reader: httpx.AsyncClient, session: AsyncSession) -> None:
    await city.send_lines(city.feedback, "/v1/feedback/import", feedback_lines())
    before = await reports(reader)
    assert before[0]["feedback"]["received"]["value"] == 10
    ids = (await session.execute(text("SELECT id FROM feedback ORDER BY id"))).scalars().all()
    for feedback_id in ids[::2]:
        assert (await city.feedback.delete(f"/v1/feedback/{feedback_id}/content")).json()["contents"] == 1
    left = (await session.execute(text("SELECT count(*) FROM feedback_content"))).scalar_one()
    assert left == len(ids) // 2
    assert await reports(reader) == before
    reassigned = {"received_from": "2021-01-01", "received_to": "2021-12-31"}
    assert (await city.feedback.post("/v1/themes/reassignments", json=reassigned)).status_code == 200
    assert await reports(reader) == before
