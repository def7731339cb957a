"""The organisation of the invented city."""

from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.reporting_api.attack.invented import SUCCESSOR
from tests.reporting_api.test_units_in_time import unit


@pytest.fixture
async def merged(session: AsyncSession) -> None:
    """A clinic whose work another carries on."""
    session.add(unit("old-clinic", "service-centres", SUCCESSOR, date(2019, 4, 1)))
    await session.flush()
