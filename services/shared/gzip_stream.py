"""Unpacking a gzipped body as it comes, at constant memory, and no further than an honest one goes."""

import zlib
from collections.abc import AsyncIterator, Iterator

from services.shared.problems import BadRequestProblem, PayloadTooLargeProblem

_PIECE_BYTES = 64 * 1024
_GZIP_WINDOW = 16 + zlib.MAX_WBITS

FREE_BYTES = 1024 * 1024
"""What any body may unpack to: the ratio of a few short lines tells nothing."""


async def unpack(chunks: AsyncIterator[bytes], *, ratio_max: int) -> AsyncIterator[bytes]:
    """The unpacked body, in small pieces.

    Raises :class:`PayloadTooLargeProblem` once it is over ``ratio_max`` times as large as what was read of it, and
    :class:`BadRequestProblem` where it is no gzip or ends too early.
    """
    unpacker = _Unpacker()
    read = unpacked = 0
    async for chunk in chunks:
        read += len(chunk)
        for piece in unpacker.feed(chunk):
            unpacked += len(piece)
            if unpacked > max(FREE_BYTES, ratio_max * read):
                raise PayloadTooLargeProblem(
                    f"the gzipped body unpacks to over {ratio_max} times its size; send it in parts, or unpacked"
                )
            yield piece
    if unpacker.is_inside:
        raise BadRequestProblem("the gzipped body ends too early; send it again")


class _Unpacker:
    """Unpacks gzip members one after another, as a gzip file may be several."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP_WINDOW)
        self.is_inside = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What ``chunk`` adds, in pieces."""
        pending, has_more = chunk, False
        while pending or has_more:
            self.is_inside = True
            piece = self._decompress(pending)
            if piece:
                yield piece
            if self._member.eof:
                pending, has_more = self._member.unused_data, False
                self._member = zlib.decompressobj(_GZIP_WINDOW)
                self.is_inside = False
            else:
                # A full piece may have left output behind even where the input is used up.
                pending, has_more = self._member.unconsumed_tail, len(piece) == _PIECE_BYTES

    def _decompress(self, data: bytes) -> bytes:
        try:
            return self._member.decompress(data, _PIECE_BYTES)
        except zlib.error as error:
            raise BadRequestProblem("the body is declared as gzip and is none; send it again") from error
