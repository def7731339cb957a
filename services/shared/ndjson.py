"""NDJSON in and out: a stream of any length read at constant memory, one result line for each input line.

Lines are committed batch by batch, so an upload cut short loses nothing accepted, and repeating it is safe. Results are
spooled and sent when the body has been read: a client that writes its whole body before reading would otherwise block
against a server that waits for its answers to be read.
"""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Annotated, Any, TypeVar
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

RESULTS_IN_MEMORY_BYTES = 8 * 1024 * 1024
"""Results beyond this go to a temporary file: about 80 000 lines' worth stay in memory."""

_SEND_BYTES = 256 * 1024


class LineResult(BaseModel):
    """What became of one input line."""

    line: int = Field(description="The line's number in the file, from 1.", examples=[1])
    status: str = Field(
        description="`created`; `unchanged` (it was here already); `extended` (new events were added); `updated` (only "
        "what may change was changed); `held` (kept until more is known, then counted); `refused`.",
        examples=["created"],
    )
    id: UUID | None
    code: str | None = Field(description="Of a refused line the stable problem code, of a held one what it waits for.")
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


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the body; ``content`` is None where the line was over the limit."""

    number: int
    content: bytes | None


def accepted(line: int, status: str, row_id: UUID | None) -> LineResult:
    """The result of a line that was taken."""
    return LineResult(line=line, status=status, id=row_id, code=None, detail=None, invalid_params=[])


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


async def read_lines(chunks: AsyncIterator[bytes], max_bytes: int) -> AsyncIterator[Line]:
    """The lines of a body, blank ones left out; a line over ``max_bytes`` comes as one without content."""
    number = 0
    pending = bytearray()
    is_over = False
    async for chunk in chunks:
        pieces = chunk.split(b"\n")
        for piece in pieces[:-1]:
            number += 1
            pending += piece
            line = _line(number, pending, is_over or len(pending) > max_bytes)
            pending, is_over = bytearray(), False
            if line is not None:
                yield line
        pending += pieces[-1]
        if len(pending) > max_bytes:
            pending, is_over = bytearray(), True
    last = _line(number + 1, pending, is_over)
    if last is not None:
        yield last


def _line(number: int, content: bytearray, is_over: bool) -> Line | None:
    if is_over:
        return Line(number, None)
    stripped = bytes(content).strip()
    return Line(number, stripped) if stripped else None


async def import_lines(
    request: Request,
    settings: Settings,
    take_batch: Callable[[Sequence[Line]], Awaitable[Sequence[LineResult]]],
) -> StreamingResponse:
    """Give the request's lines to ``take_batch`` in batches (it commits each) and answer with the result lines.

    A body without a line is refused with 422: an export that failed must not pass for one with nothing new.
    """
    chunks = _unpacked(request, settings)
    # Closed by _drain, after the answer was sent.
    results: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=RESULTS_IN_MEMORY_BYTES)  # noqa: SIM115
    taken = 0
    try:
        batch: list[Line] = []
        async for line in read_lines(chunks, settings.import_line_max_bytes):
            batch.append(line)
            if len(batch) == settings.import_batch_lines:
                _write(results, await take_batch(batch))
                taken = line.number
                batch = []
        if batch:
            _write(results, await take_batch(batch))
        _check_any(results)
    except _UnpackingProblems as problem:
        results.close()
        if taken:
            problem.detail = f"{problem.detail}; what came before line {taken + 1} was taken and stays"
        raise
    except BaseException:
        results.close()
        raise
    results.seek(0)
    return StreamingResponse(_drain(results), media_type=NDJSON_MEDIA_TYPE)


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


def _write(results: IO[bytes], lines: Sequence[LineResult]) -> None:
    for line in lines:
        results.write(orjson.dumps(line.model_dump(mode="json")) + b"\n")


def _drain(results: IO[bytes]) -> Iterator[bytes]:
    with results:
        while chunk := results.read(_SEND_BYTES):
            yield chunk
