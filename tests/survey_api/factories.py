"""Surveys and responses with sane defaults."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


def labels(words: str) -> dict[str, str]:
    return dict.fromkeys(("fi", "sv", "en"), words)


def options(*codes: str) -> list[dict[str, Any]]:
    return [{"code": code, "labels": labels(code)} for code in codes]


def question(code: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": kind, "labels": labels(f"{code}?")} | more


def every_kind() -> list[dict[str, Any]]:
    """A question of each kind, named after it."""
    return [
        question("scale", "scale", scale_steps=5, purpose="satisfaction"),
        question("smiley_4", "smiley_4"),
        question("smiley_5", "smiley_5"),
        question("single", "single_choice", options=options("booking", "advice", "other")),
        question("multiple", "multiple_choice", options=options("booking", "advice", "other")),
        question("yes_no", "yes_no"),
        question("grade", "grade"),
        question("nps", "nps"),
        question("comment", "text", purpose="comment"),
    ]


RIGHT_ANSWERS: dict[str, Any] = {
    "scale": 75,
    "smiley_4": "happy",
    "smiley_5": "neutral",
    "single": "advice",
    "multiple": ["booking", "other"],
    "yes_no": True,
    "grade": 9,
    "nps": 10,
    "comment": "Kiitos avusta!",
}


def survey(code: str = "chat", **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "kind": "chat",
        "names": labels("Chat"),
        "unit": "oral-health",
        "collection_mode": "chat",
        "opens_at": "2015-01-01T00:00:00+02:00",
        "questions": every_kind(),
    } | more


async def add_survey(staff: httpx.AsyncClient, code: str = "chat", **more: Any) -> dict[str, Any]:
    answer = await staff.post("/v1/surveys", json=survey(code, **more))
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    return added


def line(**more: Any) -> dict[str, Any]:
    return {
        "survey": "chat",
        "id": str(uuid4()),
        "given_at": "2021-05-04T09:30:00+03:00",
        "answers": {"scale": 75},
    } | more


def ndjson(lines: Iterable[dict[str, Any] | str | bytes]) -> bytes:
    return b"\n".join(_encoded(line) for line in lines)


def _encoded(line: dict[str, Any] | str | bytes) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line)).encode()


async def send_lines(staff: httpx.AsyncClient, lines: Iterable[dict[str, Any] | str | bytes]) -> list[dict[str, Any]]:
    answer = await staff.post("/v1/responses/import", content=ndjson(lines))
    assert answer.status_code == 200, answer.text
    return [json.loads(result) for result in answer.text.splitlines()]


async def histogram(session: AsyncSession, survey_code: str = "chat") -> dict[tuple[str, int], int]:
    """(question, value) to count, over all days and service points."""
    rows = await session.execute(
        text(
            "SELECT question_code, value, sum(count)::int FROM answer_histogram WHERE survey_code = :survey"
            " GROUP BY question_code, value"
        ),
        {"survey": survey_code},
    )
    return {(code, value): count for code, value, count in rows}


async def count(session: AsyncSession, table: str) -> int:
    return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


def reasons(answer: httpx.Response) -> dict[str, str]:
    """Field to reason, of a problem."""
    return {param["name"]: param["reason"] for param in answer.json()["invalid_params"]}


async def add_device(staff: httpx.AsyncClient, code: str = "T-1", survey: str = "chat") -> dict[str, Any]:
    body = {"code": code, "name": f"{code} in the hall", "kind": "terminal", "survey": survey}
    answer = await staff.post("/v1/devices", json=body)
    assert answer.status_code == 201, answer.text
    device: dict[str, Any] = answer.json()
    return device


async def assign(
    staff: httpx.AsyncClient, service_point: str = "oral-health", *, device: str = "T-1", **times: str
) -> dict[str, Any]:
    answer = await staff.post(f"/v1/devices/{device}/assignments", json={"service_point": service_point} | times)
    assert answer.status_code == 201, answer.text
    placed: dict[str, Any] = answer.json()
    return placed


async def map_point(staff: httpx.AsyncClient, point: str = "11:42", service_point: str = "oral-health") -> None:
    body = {"source": "happy_or_not", "source_point": point, "survey": "chat", "service_point": service_point}
    answer = await staff.put("/v1/source-points", json=body)
    assert answer.status_code == 200, answer.text
