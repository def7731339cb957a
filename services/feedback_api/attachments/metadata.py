"""Taking descriptions out of JPEG and JPEG 2000 data as it lies in a PDF, without touching a pixel.

ITU-T T.81 annex B and T.800 annexes A and I say how the data is divided. What is kept is named, so that what is unknown
goes: of a JPEG no application data but Adobe's (which tells the colours) and no comment, of a JPEG 2000 file no box but
those the picture is drawn by, and nothing behind the end of either.
"""

import struct

_END, _SCAN, _ADOBE, _COMMENT = 0xD9, 0xDA, 0xEE, 0xFE
_APPLICATION = range(0xE0, 0xF0)
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length: TEM, the restarts and the start."""

_KEPT_BOXES = frozenset({b"jP  ", b"ftyp", b"rreq", b"jp2h", b"jp2c"})
_CODESTREAM = b"\xff\x4f\xff\x51"
_TILE, _J2K_COMMENT = 0xFF90, 0xFF64


class BrokenPictureError(ValueError):
    """The data is not what it says."""


def strip_jpeg(data: bytes) -> bytes:
    """The JPEG without what describes it."""
    if data[:2] != b"\xff\xd8":
        raise BrokenPictureError
    kept = bytearray(b"\xff\xd8")
    position = 2
    while True:
        position = data.find(b"\xff", position)
        marker = data[position + 1] if 0 <= position < len(data) - 1 else None
        if marker is None:
            raise BrokenPictureError
        if marker == _END:
            return bytes(kept + b"\xff\xd9")
        if marker == 0xFF or marker in _ALONE:
            position += 1 if marker == 0xFF else 2
            continue
        end = position + 2 + _length(data, position + 2)
        if marker == _SCAN:
            end = _end_of_scan(data, end)
        if marker == _ADOBE or (marker not in _APPLICATION and marker != _COMMENT):
            kept += data[position:end]
        position = end


def strip_jpeg2000(data: bytes) -> bytes:
    """The JPEG 2000 file, or bare codestream, without what describes it."""
    if data.startswith(_CODESTREAM):
        return _strip_codestream(data)
    kept = bytearray()
    position = 0
    while position < len(data):
        kind, start, end = _box(data, position)
        if kind == b"jp2c":
            content = _strip_codestream(data[start:end])
            kept += struct.pack(">I4s", len(content) + 8, kind) + content
        elif kind in _KEPT_BOXES:
            kept += data[position:end]
        position = end
    if b"jp2c" not in kept:
        raise BrokenPictureError
    return bytes(kept)


def _length(data: bytes, position: int) -> int:
    if position + 2 > len(data):
        raise BrokenPictureError
    length = int.from_bytes(data[position : position + 2], "big")
    if length < 2 or position + length > len(data):
        raise BrokenPictureError
    return length


def _end_of_scan(data: bytes, position: int) -> int:
    """Where the next marker begins: FF in the scan's data is followed by 00, and restarts belong to it."""
    while True:
        position = data.find(b"\xff", position)
        if position < 0 or position + 1 >= len(data):
            raise BrokenPictureError
        following = data[position + 1]
        if following and not 0xD0 <= following <= 0xD7:
            return position
        position += 2


def _box(data: bytes, position: int) -> tuple[bytes, int, int]:
    """A box's type, where its content begins, and where it ends."""
    header = data[position : position + 8]
    if len(header) < 8:
        raise BrokenPictureError
    length, kind = struct.unpack(">I4s", header)
    start = position + 8
    if length == 1:
        length, start = int.from_bytes(data[start : start + 8], "big"), start + 8
    end = len(data) if length == 0 else position + length
    if not start <= end <= len(data):
        raise BrokenPictureError
    return kind, start, end


def _strip_codestream(data: bytes) -> bytes:
    """Without the comments of its main header, which ends where the first tile begins."""
    if not data.startswith(_CODESTREAM):
        raise BrokenPictureError
    kept = bytearray(data[:2])
    position = 2
    while True:
        marker = int.from_bytes(data[position : position + 2], "big")
        if marker == _TILE:
            return bytes(kept + data[position:])
        end = position + 2 + _length(data, position + 2)
        if marker != _J2K_COMMENT:
            kept += data[position:end]
        position = end
