"""NDJSON in and out: a stream of any length read at constant memory, one result line for each input line.

Lines are committed batch by batch, so an upload cut short loses nothing accepted, and repeating it is safe. Results are
spooled and sent when the body has been read: a client that writes its whole body before reading would otherwise block
against a server that waits for its answers to be read.
"""

import asyncio
import tempfile
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Annotated, Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import orjson
from fastapi import Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, ValidationError

from services.shared.gzip_stream import unpack
from services.shared.problems import (
    BadRequestProblem,
    InvalidParam,
    InvalidRequestProblem,
    PayloadTooLargeProblem,
    Problem,
    UnsupportedMediaTypeProblem,
    invalid,
    invalid_params_of,
)
from services.shared.settings import Settings

NDJSON_MEDIA_TYPE = "application/x-ndjson"

IMPORT_BODY = {
    "requestBody": {"required": True, "content": {NDJSON_MEDIA_TYPE: {"schema": {"type": "string", "pattern": r"\S"}}}}
}
"""The ``openapi_extra`` of an import: the endpoint reads the stream itself, so FastAPI cannot know it."""

Model = TypeVar("Model", bound=BaseModel)
Prepared = TypeVar("Prepared")

RESULTS_IN_MEMORY_BYTES = 8 * 1024 * 1024
"""Results beyond this go to a temporary file: about 80 000 lines' worth stay in memory."""

_SEND_BYTES = 256 * 1024

_WRITTEN_AT_ONCE = 500
"""Results that are written before others get their turn."""


@dataclass
class LineResult:
    """What became of one input line."""

    line: Annotated[int, Field(description="The line's number in the file, from 1.", examples=[1])]
    status: Annotated[
        str,
        Field(
            description="`created`; `unchanged` (it was here already); `extended` (new events were added); `updated` "
            "(only what may change was changed); `held` (kept until more is known, then counted); `refused`.",
            examples=["created"],
        ),
    ]
    id: UUID | None
    code: Annotated[
        str | None, Field(description="Of a refused line the stable problem code, of a held one what it waits for.")
    ]
    detail: str | None
    invalid_params: list[InvalidParam]


IMPORT_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "model": LineResult,
        "content": {NDJSON_MEDIA_TYPE: {}},
        "description": "NDJSON: one `LineResult` for each input line, in order.",
    }
}
"""The ``responses`` of an import."""


class Line(NamedTuple):
    """One line of the body; ``content`` is None where the line was over the limit."""

    number: int
    content: bytes | None


def accepted(line: int, status: str, row_id: UUID | None) -> LineResult:
    """The result of a line that was taken."""
    return LineResult(line=line, status=status, id=row_id, code=None, detail=None, invalid_params=[])


def all_created(lines: Iterable[tuple[int, str]]) -> bytes:
    """The results of lines that were all created, by their numbers and ids, as they are sent."""
    return "".join([_CREATED % line for line in lines]).encode()


_CREATED = '{"line":%d,"status":"created","id":"%s","code":null,"detail":null,"invalid_params":[]}\n'


def held(line: int, row_id: UUID, code: str, detail: str) -> LineResult:
    """The result of a line that is kept until it can be counted."""
    return LineResult(line=line, status="held", id=row_id, code=code, detail=detail, invalid_params=[])


def refused(line: int, problem: Problem) -> LineResult:
    """The result of a line that was not taken."""
    return LineResult(
        line=line,
        status="refused",
        id=None,
        code=problem.code,
        detail=problem.detail or problem.title,
        invalid_params=problem.invalid_params,
    )


def read_as(model: type[Model], line: Line) -> Model | Problem:
    """The line's fields as a ``model``, or why they cannot be read."""
    if line.content is None:
        return PayloadTooLargeProblem("the line is over the limit of an import's lines; shorten its texts")
    try:
        # Not by Pydantic's own JSON reader: orjson also refuses what JSON does not have, such as NaN.
        return model.model_validate(orjson.loads(line.content), strict=False)
    except orjson.JSONDecodeError:
        return BadRequestProblem("the line is not valid JSON in UTF-8; check quotes, commas and brackets")
    except ValidationError as error:
        params = invalid_params_of(error.errors(include_url=False, include_input=False))
        return InvalidRequestProblem(
            "; ".join(f"{param.name}: {param.reason}" for param in params), invalid_params=params
        )


DryRunQuery = Annotated[
    bool, Query(description="Only tell what would become of the lines, batch by batch; nothing is stored.")
]


async def read_lines(chunks: AsyncIterator[bytes], max_bytes: int) -> AsyncIterator[list[Line]]:
    """The lines of a body as they come, blank ones left out; one over ``max_bytes`` comes as one without content.

    A byte-order mark at the body's beginning, as Windows tools write one, is no part of its first line.
    """
    number = 0
    pending, is_over = bytearray(), False
    async for chunk in _without_mark(chunks):
        first, *others = chunk.split(b"\n")
        if not others:
            pending += first
        else:
            *whole, rest = others
            lines = [_line(number + 1, bytes(pending + first), max_bytes, is_over=is_over)]
            lines += [_line(place, piece, max_bytes) for place, piece in enumerate(whole, start=number + 2)]
            number += len(lines)
            pending, is_over = bytearray(rest), False
            yield [line for line in lines if line is not None]
        if len(pending) > max_bytes:
            pending, is_over = bytearray(), True
    last = _line(number + 1, bytes(pending), max_bytes, is_over=is_over)
    if last is not None:
        yield [last]


async def _without_mark(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    beginning: bytes | None = b""
    async for chunk in chunks:
        if beginning is None:
            yield chunk
            continue
        beginning += chunk
        # What may become a mark yet is kept until more has come.
        if not BOM_UTF8.startswith(beginning):
            yield beginning.removeprefix(BOM_UTF8)
            beginning = None
    if beginning:
        yield beginning.removeprefix(BOM_UTF8)


def _line(number: int, content: bytes, max_bytes: int, *, is_over: bool = False) -> Line | None:
    if is_over or len(content) > max_bytes:
        return Line(number, None)
    stripped = content.strip()
    return Line(number, stripped) if stripped else None


Results = Sequence[LineResult] | bytes
"""One a line, or what they are as NDJSON already."""

TakeBatch = Callable[[Prepared], Awaitable[Results]]
Prepare = Callable[[Sequence[Line]], Awaitable[Prepared]]


async def import_lines(
    request: Request, settings: Settings, take_batch: TakeBatch[Sequence[Line]]
) -> StreamingResponse:
    """Give the request's lines to ``take_batch`` in batches (it commits each) and answer with the result lines.

    A body without a line is refused with 422: an export that failed must not pass for one with nothing new.
    """
    return await import_prepared_lines(request, settings, _as_they_are, take_batch)


async def import_prepared_lines(
    request: Request, settings: Settings, prepare: Prepare[Prepared], take_batch: TakeBatch[Prepared]
) -> StreamingResponse:
    """As :func:`import_lines`, of batches that are prepared, without the database, while it works on the one before."""
    # Closed by _drain, after the answer was sent.
    results: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=RESULTS_IN_MEMORY_BYTES)  # noqa: SIM115
    taking = _Taking(take_batch, results)
    try:
        async for batch in _batches(read_lines(_unpacked(request, settings), settings.import_line_max_bytes), settings):
            await taking.begin(await prepare(batch), batch[-1].number)
        await taking.end()
        _check_any(results)
    except BaseException as error:
        await taking.stop(is_at_once=not isinstance(error, Exception))
        results.close()
        if isinstance(error, _UnpackingProblems) and taking.last_line:
            error.detail = f"{error.detail}; what came before line {taking.last_line + 1} was taken and stays"
        raise
    results.seek(0)
    return StreamingResponse(_drain(results), media_type=NDJSON_MEDIA_TYPE)


async def _as_they_are(lines: Sequence[Line]) -> Sequence[Line]:
    return lines


class _Taking(Generic[Prepared]):
    """Takes one batch after the other, and lets the next be read meanwhile."""

    def __init__(self, take_batch: TakeBatch[Prepared], results: IO[bytes]) -> None:
        self._take_batch = take_batch
        self._results = results
        self._task: asyncio.Task[Results] | None = None
        self.last_line = 0
        """The last line that was taken."""

    async def begin(self, batch: Prepared, last_line: int) -> None:
        """Begin with the batch once the one before is taken."""
        taken = await self._task if self._task is not None else ()
        self._task = asyncio.create_task(self._take(batch, last_line))
        # Written while the database works.
        await _write(self._results, taken)

    async def end(self) -> None:
        """Wait until all that was begun is taken."""
        if self._task is not None:
            await _write(self._results, await self._task)

    async def stop(self, *, is_at_once: bool) -> None:
        """Begin no more: what was begun is taken still, or rolled back at once."""
        if self._task is not None:
            if is_at_once:
                self._task.cancel()
            await asyncio.wait([self._task])

    async def _take(self, batch: Prepared, last_line: int) -> Results:
        taken = await self._take_batch(batch)
        self.last_line = last_line
        return taken


async def _batches(pieces: AsyncIterator[list[Line]], settings: Settings) -> AsyncIterator[list[Line]]:
    batch: list[Line] = []
    size = 0
    async for lines in pieces:
        for line in lines:
            batch.append(line)
            size += len(line.content or b"")
            if len(batch) == settings.import_batch_lines or size >= settings.import_batch_bytes:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _check_any(results: IO[bytes]) -> None:
    if not results.tell():
        raise invalid("body", "holds no line; send one JSON object a line, as UTF-8")


_UnpackingProblems = (BadRequestProblem, PayloadTooLargeProblem)


def _unpacked(request: Request, settings: Settings) -> AsyncIterator[bytes]:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        return request.stream()
    if encoding != "gzip":
        raise UnsupportedMediaTypeProblem(f"the content encoding is {encoding[:100]!r}; send gzip, or none")
    return unpack(request.stream(), ratio_max=settings.import_gzip_ratio_max)


async def _write(results: IO[bytes], lines: Results) -> None:
    if isinstance(lines, bytes):
        results.write(lines)
        return
    for start in range(0, len(lines), _WRITTEN_AT_ONCE):
        part = lines[start : start + _WRITTEN_AT_ONCE]
        # By their dictionaries, which orjson writes three times as fast as dataclasses.
        results.writelines([orjson.dumps(line.__dict__, _fields, orjson.OPT_APPEND_NEWLINE) for line in part])
        await asyncio.sleep(0)


def _fields(param: InvalidParam) -> dict[str, object]:
    return param.__dict__


def _drain(results: IO[bytes]) -> Iterator[bytes]:
    with results:
        while chunk := results.read(_SEND_BYTES):
            yield chunk
