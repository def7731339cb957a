"""A median's interval: the values at the ranks n/2 ∓ 1.96 √n / 2 (Campbell and Gardner 1988), rounded outwards."""

from math import comb

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import add_feedback

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("n", "ranks"),
    [
        (1, None),
        (2, None),
        (7, None),
        (8, [1, 8]),
        (9, [1, 9]),
        (12, [2, 11]),
        (16, [4, 13]),
        (25, [7, 19]),
        (40, [13, 28]),
        (100, [40, 61]),
    ],
)
async def test_bounds_are_the_values_at_the_ranks(
    read: Read, session: AsyncSession, n: int, ranks: list[int] | None
) -> None:
    for days in range(n, 0, -1):
        await add_feedback(session, handled_days=days)
    median = (await read())["feedback"]["handling_time"]["median"]

    # The item of rank r took r days.
    assert median["interval"] == ranks
    assert median["value"] == (n + 1) / 2
    if ranks:
        # The median lies outside when fewer than the lower rank are below it, or above it: binomial, half each.
        outside = 2 * sum(comb(n, below) for below in range(int(median["interval"][0])))
        assert outside <= 0.05 * 2**n
