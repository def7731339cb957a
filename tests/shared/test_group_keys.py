"""What a group asks of its Idempotency-Keys costs the same however many keys are kept."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.group_keys import IS_FREE

pytestmark = pytest.mark.anyio

KEPT = 2_000


async def test_only_the_keys_of_the_group_are_read(session: AsyncSession) -> None:
    await session.execute(
        text(
            "INSERT INTO idempotency_key (service, caller, key, request_hash, answer, created_at)"
            " SELECT 'survey_api', '', 'kept-' || number, 'x', '{}', now() FROM generate_series(1, :kept) AS number"
        ),
        {"kept": KEPT},
    )
    await session.execute(text("ANALYZE idempotency_key"))
    sent = f"(SELECT 'kept-' || number AS key FROM generate_series({KEPT - 9}, {KEPT + 10}) AS number) AS sent"
    free = await session.execute(text(f"SELECT {IS_FREE} FROM {sent}"), {"service": "survey_api"})
    assert sorted(free.scalars()) == [False] * 10 + [True] * 10
    asked = f"EXPLAIN (ANALYZE, FORMAT JSON) SELECT {IS_FREE} FROM {sent}"
    plan = (await session.execute(text(asked), {"service": "survey_api"})).scalar_one()
    assert read_of(plan if isinstance(plan, list) else json.loads(plan), "idempotency_key") == 10


def read_of(node: object, table: str) -> float:
    """The rows that a plan read of the table."""
    if isinstance(node, list):
        return sum(read_of(part, table) for part in node)
    if not isinstance(node, dict):
        return 0
    own = node["Actual Rows"] * node["Actual Loops"] if node.get("Relation Name") == table else 0
    return own + sum(read_of(part, table) for part in node.values())
