"""POST /v1/feedback/import: many lines, each with its own result, safe to repeat."""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.anyio


def record(reference: str, *events: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "source": "old-system",
        "reference": reference,
        "received_at": "2021-05-04T09:30:00+03:00",
        "text": f"Palaute {reference}",
        "events": list(events),
    } | fields


def event(kind: str, hour: int, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "occurred_at": f"2021-05-05T{hour:02}:00:00+03:00", **fields}


async def send(staff: httpx.AsyncClient, *lines: dict[str, Any] | bytes) -> list[dict[str, Any]]:
    body = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    response = await staff.post("/v1/feedback/import", content=body)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


async def statuses(staff: httpx.AsyncClient, *lines: dict[str, Any] | bytes) -> list[str]:
    return [result["status"] for result in await send(staff, *lines)]


async def count(session: AsyncSession, table: str) -> int:
    found: int = (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
    return found


class TestImport:
    async def test_an_item_with_its_whole_life(self, staff: httpx.AsyncClient) -> None:
        (result,) = await send(staff, record("1", event("assigned", 8, unit="stara"), event("answered", 9, note="Ok")))
        item = (await staff.get(f"/v1/feedback/{result['id']}")).json()
        assert (item["state"], item["unit"], item["source_reference"]) == ("answered", "stara", "1")
        assert item["handled_at"] == "2021-05-05T06:00:00Z"
        assert [event["note"] for event in item["events"]] == [None, None, "Ok"]

    async def test_repeating_changes_nothing(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        lines = [record(str(n), event("answered", 9)) for n in range(5)]
        first, second = await send(staff, *lines), await send(staff, *lines)
        assert [result["status"] for result in first] == ["created"] * 5
        assert [result["status"] for result in second] == ["unchanged"] * 5
        assert [result["id"] for result in first] == [result["id"] for result in second]
        assert (await count(session, "feedback"), await count(session, "feedback_event")) == (5, 10)

    async def test_further_events_extend(self, staff: httpx.AsyncClient) -> None:
        start = [event("assigned", 8, unit="stara")]
        more = [*start, event("answered", 9), event("closed", 10)]
        assert await statuses(staff, record("1", *start)) == ["created"]
        (result,) = await send(staff, record("1", *more))
        assert result["status"] == "extended"
        item = (await staff.get(f"/v1/feedback/{result['id']}")).json()
        assert [event["kind"] for event in item["events"]] == ["received", "assigned", "answered", "closed"]
        assert await statuses(staff, record("1", *start)) == ["unchanged"], "an older file takes nothing back"

    async def test_an_item_twice_in_one_file(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        twice = [record("1"), record("2"), record("1", event("answered", 9)), record("1", event("answered", 9))]
        assert await statuses(staff, *twice) == ["created", "created", "extended", "unchanged"]
        assert await count(session, "feedback") == 2

    async def test_contradicting_events_are_refused(self, staff: httpx.AsyncClient) -> None:
        await send(staff, record("1", event("answered", 9)))
        (result,) = await send(staff, record("1", event("closed", 9)))
        assert (result["status"], result["code"]) == ("refused", "import_conflict")
        (result,) = await send(staff, record("1", received_at="2021-05-04T09:31:00+03:00"))
        assert (result["status"], result["code"]) == ("refused", "import_conflict")

    async def test_every_third_line_broken(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        broken: list[dict[str, Any] | bytes] = [
            b"{not json",
            b'{"text": "\xff"}',
            record("x", unit="atlantis"),
            record("x", text="nul \x00"),
            record("x", received_at="2021-05-04T09:30:00"),
            record("x", received_at="2099-01-01T00:00:00Z"),
            record("x", event("closed", 9), event("answered", 10)),
            record("x", event("assigned", 9)),
            record("x", colour="blue"),
            b"[]",
            b'"' + b"x" * 300_000 + b'"',
            b"[" * 5_000,
        ]
        lines: list[dict[str, Any] | bytes] = []
        for number, bad in enumerate(broken):
            lines += [record(f"{number}a"), record(f"{number}b"), bad]
        results = await send(staff, *lines)
        assert [result["line"] for result in results] == list(range(1, len(lines) + 1))
        assert [result["status"] for result in results] == ["created", "created", "refused"] * len(broken)
        refusals = results[2::3]
        assert all(result["code"] and result["detail"] for result in refusals)
        assert [result["invalid_params"][0]["name"] for result in refusals if result["invalid_params"]] == [
            "unit",
            "text",
            "received_at",
            "received_at",
            "unit",
            "colour",
            "body",
        ]
        assert await count(session, "feedback") == 2 * len(broken)

    async def test_blank_lines_and_a_last_line_without_newline(self, staff: httpx.AsyncClient) -> None:
        results = await send(staff, b"", record("1"), b"  ", record("2"))
        assert [(result["line"], result["status"]) for result in results] == [(2, "created"), (4, "created")]

    async def test_nothing_to_import(self, staff: httpx.AsyncClient) -> None:
        for body in (b"", b"\n \n"):
            refused = await staff.post("/v1/feedback/import", content=body)
            assert (refused.status_code, refused.json()["invalid_params"][0]["name"]) == (422, "body")

    async def test_more_lines_than_a_batch(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        lines = [record(str(n)) for n in range(1_201)]
        assert await statuses(staff, *lines) == ["created"] * 1_201
        assert await count(session, "feedback") == 1_201

    async def test_a_line_the_database_refuses_fails_alone(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        # Text search refuses words whose positions and lexemes exceed its limits only in huge texts, so the refusal is
        # made by a constraint of this test's transaction.
        await session.execute(text("ALTER TABLE feedback_content ADD CONSTRAINT ck_no_poison CHECK (body <> 'poison')"))
        results = await statuses(staff, record("1"), record("2", text="poison"), record("3"))
        assert results == ["created", "refused", "created"]
        assert await count(session, "feedback") == 2
