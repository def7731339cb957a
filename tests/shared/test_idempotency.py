"""Idempotency keys are remembered for their time, and then forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col, select

from services.shared.clock import now
from services.shared.database import ROLES
from services.shared.idempotency import forget_old
from services.shared.tables import IdempotencyKey
from services.shared.tables.access import Service
from tests.conftest import RolledBackSessions

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("of", list(Service))
async def test_only_the_services_own_old_keys_are_forgotten(
    connection: AsyncConnection, session: AsyncSession, of: Service
) -> None:
    another = next(service for service in Service if service is not of)

    def key(name: str, service: Service, days: int) -> IdempotencyKey:
        at = now() - timedelta(days=days, minutes=1)
        return IdempotencyKey(service=service, caller="", key=name, request_hash="x", answer={}, created_at=at)

    session.add_all(
        [
            key("old", of, 30),
            key("young", of, 29),
            key("another's", another, 99),
        ]
    )
    await session.commit()
    await forget_old(RolledBackSessions(connection, ROLES[of]), of, days=30)
    left = (await session.execute(select(IdempotencyKey.key).order_by(col(IdempotencyKey.key)))).scalars().all()
    assert left == ["another's", "young"]
