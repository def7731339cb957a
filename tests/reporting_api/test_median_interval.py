"""The bounds that SQL picks for a median are the values at the ranks the method gives, whatever the number of items."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.measures.intervals import median_ranks
from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import add_feedback

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("n", [1, 2, 5, 6, 7, 8, 9, 16, 25, 40])
async def test_bounds_are_the_values_at_the_ranks(read: Read, session: AsyncSession, n: int) -> None:
    for days in range(n, 0, -1):
        await add_feedback(session, handled_days=days)
    median = (await read())["feedback"]["handling_time"]["median"]
    ranks = median_ranks(n)
    # The item of rank r took r days.
    assert median["interval"] == ([float(rank) for rank in ranks] if ranks else None)
    assert median["value"] == (n + 1) / 2
