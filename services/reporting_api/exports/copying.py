"""Reading a ``COPY … TO STDOUT`` in large pieces: row by row the event loop would cost more than the row."""

from collections.abc import AsyncIterator

from psycopg import AsyncConnection, errors
from psycopg.abc import PQGen
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Wait


async def read_pieces(connection: AsyncConnection[tuple[object, ...]], size: int) -> AsyncIterator[bytes]:
    """The rows of the copy that the connection has begun, in pieces of at least ``size`` bytes but for the last."""
    is_whole = True
    while is_whole:
        piece = await connection.wait(_read(connection.pgconn, size))
        is_whole = len(piece) >= size
        if piece:
            yield piece


def _read(pgconn: PGconn, size: int) -> PQGen[bytes]:
    piece = bytearray()
    is_read_out = False
    while len(piece) < size:
        length, row = pgconn.get_copy_data(1)
        if length > 0:
            piece += row
            is_read_out = False
        elif length < 0:
            yield from _end(pgconn)
            break
        else:
            # What came meanwhile is taken first: to wait costs as much as dozens of rows.
            if is_read_out:
                yield from _wait()
            pgconn.consume_input()
            is_read_out = not is_read_out
    return bytes(piece)


def _end(pgconn: PGconn) -> PQGen[None]:
    """Raises :class:`psycopg.Error` where the database gave up, such as at its time limit."""
    failed: PGresult | None = None
    while True:
        while pgconn.is_busy():
            yield from _wait()
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            break
        if result.status != ExecStatus.COMMAND_OK:
            failed = result
    if failed is not None:
        raise errors.error_from_result(failed)


def _wait() -> PQGen[None]:
    while not (yield Wait.R):
        continue
