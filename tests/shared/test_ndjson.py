"""Reading NDJSON: whatever way the bytes are cut, the lines are the same."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.shared.ndjson import Line, read_lines

pytestmark = pytest.mark.anyio

LIMIT = 20


async def cut(body: bytes, sizes: list[int]) -> AsyncIterator[bytes]:
    at = 0
    for size in sizes:
        yield body[at : at + size]
        at += size
    yield body[at:]


@given(st.lists(st.binary(max_size=30).map(lambda b: b.replace(b"\n", b"")), max_size=12), st.lists(st.integers(0, 40)))
async def test_chunks_do_not_matter(lines: list[bytes], sizes: list[int]) -> None:
    found = [line async for piece in read_lines(cut(b"\n".join(lines), sizes), LIMIT) for line in piece]
    expected = [
        Line(number, None if len(line) > LIMIT else line.strip())
        for number, line in enumerate(lines, start=1)
        if len(line) > LIMIT or line.strip()
    ]
    assert found == expected
