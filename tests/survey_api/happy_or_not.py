"""A survey of ours, its mapping, and pulls from a vendor that the tests run."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.survey_api.happy_or_not.worker import puller_of
from tests.survey_api.factories import options, question, survey
from tests.survey_api.vendor_server import CLIENT_ID, TOKEN, V1_TOKEN, Vendor

PATH = "/v1/connectors/happy-or-not"
POINT = "ruskeasuo-dental-clinic"


def configure(app: FastAPI, vendor: Vendor, **more: Any) -> None:
    """Let the app pull from the vendor, without waits."""
    app.state.settings = app.state.settings.model_copy(
        update={
            "happy_or_not_url": vendor.url,
            "happy_or_not_token": SecretStr(TOKEN),
            "happy_or_not_page_rows": 10,
            "happy_or_not_window_days": 365,
            "happy_or_not_attempts": 1,
            "happy_or_not_retry_wait_seconds": 0,
        }
        | more
    )


V1 = {
    "happy_or_not_token": None,
    "happy_or_not_v1_client_id": CLIENT_ID,
    "happy_or_not_v1_token": SecretStr(V1_TOKEN),
}
"""Settings of a customer who has v1 only."""


def terminal_survey(code: str = "terminals", **more: Any) -> dict[str, Any]:
    """A survey of terminals with all that the vendor can ask."""
    questions = [
        question("satisfaction", "smiley_4", purpose="satisfaction"),
        question("reason", "multiple_choice", options=options("queue", "staff", "place")),
        question("comment", "text", purpose="comment"),
    ]
    return survey(code, kind="smiley", collection_mode="device", questions=questions, **more)


def entry(**more: Any) -> dict[str, Any]:
    """A reviewed entry of the mapping."""
    return {
        "survey_id": "11",
        "survey": "terminals",
        "rating": "satisfaction",
        "comment": "comment",
        "follow_up": "reason",
        "options": {"501": "queue", "502": "staff"},
        "reviewed_by": "Maija",
        "points": {"42": POINT},
    } | more


async def put_mapping(staff: httpx.AsyncClient, *entries: Mapping[str, Any]) -> dict[str, Any]:
    """Store the mapping; it must be taken."""
    answer = await staff.put(f"{PATH}/mapping", json={"surveys": list(entries)})
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def run_queued(app: FastAPI) -> None:
    """What the worker does: every pull that is queued."""
    while await puller_of(app).run_next():
        pass


async def pull(app: FastAPI, staff: httpx.AsyncClient, **days: str) -> dict[str, Any]:
    """Ask for a pull and run it; how it ended."""
    answer = await staff.post(f"{PATH}/pulls", json=days)
    assert answer.status_code == 202, answer.text
    await run_queued(app)
    ended: dict[str, Any] = (await staff.get(f"{PATH}/pulls/{answer.json()['id']}")).json()
    return ended


async def state(staff: httpx.AsyncClient) -> dict[str, Any]:
    """How the connector stands."""
    answer = await staff.get(PATH)
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


async def waiting(staff: httpx.AsyncClient) -> dict[str | None, int]:
    """How much waits, by reason."""
    return {row["reason"]: row["count"] for row in (await state(staff))["waiting"]}


_SNAPSHOT = {
    "responses": """
        SELECT service_point_code, id, survey_code, version, collection_mode, given_at, given_on, given_hour, answers,
            content_hash, source, source_point, source_misuse_reason
        FROM survey_response ORDER BY 1, 2
    """,
    "contents": "SELECT * FROM survey_response_content ORDER BY 1, 2",
    "histogram": """
        SELECT service_point_code, survey_code, question_code, given_on, given_hour, version, collection_mode,
            value, count
        FROM answer_histogram WHERE count > 0 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
    """,
    "staged": "SELECT * FROM happy_or_not_feedback ORDER BY 1",
    "follow_ups": "SELECT * FROM happy_or_not_follow_up ORDER BY 1, 2",
    "texts": "SELECT * FROM happy_or_not_text ORDER BY 1, 2",
    "hours": "SELECT * FROM happy_or_not_hour ORDER BY 1, 2",
    "cursor": "SELECT * FROM happy_or_not_cursor ORDER BY 1",
}


async def snapshot(session: AsyncSession | AsyncConnection) -> dict[str, list[str]]:
    """Everything that pulls have written, but for when."""
    return {
        name: [json.dumps(list(row), default=str, sort_keys=True) for row in await session.execute(text(statement))]
        for name, statement in _SNAPSHOT.items()
    }
