"""Reading NDJSON: whatever way the bytes are cut, the lines are the same."""

from codecs import BOM_UTF8
from collections.abc import AsyncIterator

import pytest
from hypothesis import assume, given
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
    body = b"\n".join(lines)
    assume(not body.startswith(BOM_UTF8))
    found = [line async for piece in read_lines(cut(body, sizes), LIMIT) for line in piece]
    expected = [
        Line(number, None if len(line) > LIMIT else line.strip())
        for number, line in enumerate(lines, start=1)
        if len(line) > LIMIT or line.strip()
    ]
    assert found == expected


@pytest.mark.parametrize("sizes", [[], [1, 1, 1], [0, 2], [3], [4]])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (BOM_UTF8, []),
        (BOM_UTF8 + b"\n", []),
        (BOM_UTF8 + b"{}\n" + BOM_UTF8 + b"1", [Line(1, b"{}"), Line(2, BOM_UTF8 + b"1")]),
        (BOM_UTF8 * 2, [Line(1, BOM_UTF8)]),
        (BOM_UTF8[:2], [Line(1, BOM_UTF8[:2])]),
        (BOM_UTF8 + b"1" * LIMIT, [Line(1, b"1" * LIMIT)]),
    ],
)
async def test_a_byte_order_mark_is_taken_off_the_beginning_only(
    sizes: list[int], body: bytes, expected: list[Line]
) -> None:
    assert [line async for piece in read_lines(cut(body, sizes), LIMIT) for line in piece] == expected
