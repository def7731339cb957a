"""Making a file anew from its content: what is no part of the picture or the page stays behind.

The type is told by the first bytes, never by the name or the declared type. A picture is decoded and written again, so
that place, camera, thumbnail, comments and anything hung on behind are gone. Of a PDF only the pages are copied into a
new one, without their actions, forms, links, embedded files and descriptions; photographs on them lose their own too.
The pages' instructions are never unpacked, so a small picture written *within* them keeps what it has.

All of it runs in the bounds of :mod:`decoder`, never in the service itself.
"""

import base64
import binascii
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError

from services.feedback_api.attachments.metadata import BrokenPictureError, strip_jpeg, strip_jpeg2000

ACCEPTED = "JPEG, PNG, WebP, GIF or PDF"

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
EXTENSIONS = {JPEG: "jpg", PNG: "png", WEBP: "webp", PDF: "pdf"}
"""What a stored type is called in a file name."""

DESCRIBING_KEYS = frozenset(
    {
        *("/Metadata", "/PieceInfo", "/AA", "/JS", "/LastModified"),
        *("/AF", "/OPI", "/Measure", "/PtData", "/StructParent", "/StructParents"),
    }
)
"""What a part of a page may carry besides what is seen: descriptions, scripts, files, places on the map."""

OUTSIDE_KEYS = frozenset({"/F", "/FFilter", "/FDecodeParms"})
"""By which a stream would fetch its content from another file."""

HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})
"""What a picture of a telephone says of itself where it is not a JPEG (ISO/IEC 23008-12)."""

_ENCRYPTED = "is an encrypted PDF; save it without a password"

JPEG_QUALITY = 90
"""Of pictures made anew: more makes files larger than what was sent."""

PAGE_KEYS = frozenset(
    {
        *("/Type", "/Parent", "/Resources", "/Contents", "/Group", "/Rotate", "/UserUnit"),
        *("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"),
    }
)
"""What of a page is its picture; annotations, actions and descriptions are not."""

# Our own limit, a setting, takes the place of the library's warning.
Image.MAX_IMAGE_PIXELS = None


class UnacceptableFileError(ValueError):
    """A file that is not taken; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may be, and what reading it may take."""

    max_bytes: int
    max_pixels: int
    max_pages: int
    max_memory_bytes: int
    max_cpu_seconds: int


@dataclass(frozen=True, slots=True)
class Sanitised:
    """A file made anew, at ``path``, which its user deletes."""

    path: Path
    media_type: str


def sanitise(file: BinaryIO, made: BinaryIO, limits: Limits) -> str:
    """Write the content of ``file`` anew and tell its media type; raises :class:`UnacceptableFileError`."""
    make, media_type = _maker_of(file.read(16))
    file.seek(0)
    try:
        make(file, made, limits)
        made.flush()
    except (UnacceptableFileError, OSError):
        # A library that cannot write on says that the picture is broken.
        _check_size(made, limits)
        raise
    _check_size(made, limits)
    return media_type


def _check_size(made: BinaryIO, limits: Limits) -> None:
    if os.fstat(made.fileno()).st_size > limits.max_bytes:
        raise UnacceptableFileError(f"has more than {limits.max_bytes} bytes once it is unpacked and made anew")


Maker = Callable[[BinaryIO, BinaryIO, Limits], None]


def _maker_of(beginning: bytes) -> tuple[Maker, str]:
    if beginning.startswith(b"\xff\xd8\xff"):
        return _picture("JPEG", "JPEG"), JPEG
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return _picture("PNG", "PNG"), PNG
    if beginning.startswith((b"GIF87a", b"GIF89a")):
        # Only the first picture is kept, and that is a PNG.
        return _picture("GIF", "PNG"), PNG
    if beginning.startswith(b"RIFF") and beginning[8:12] == b"WEBP":
        return _picture("WEBP", "WEBP"), WEBP
    if beginning.startswith(b"%PDF-"):
        return _pages, PDF
    if beginning[4:8] == b"ftyp" and beginning[8:12] in HEIF_BRANDS:
        raise UnacceptableFileError(
            "is a HEIC or AVIF picture, as some telephones take them; send it as JPEG, PNG or PDF (iPhone: Settings, "
            "Camera, Formats, Most Compatible)"
        )
    raise UnacceptableFileError(f"is not a {ACCEPTED} file by its content; convert it to one of these")


def _picture(source_format: str, target_format: str) -> Maker:
    def make(file: BinaryIO, made: BinaryIO, limits: Limits) -> None:
        try:
            clean = _pixels_of(file, source_format, target_format, limits.max_pixels)
            clean.save(made, target_format, quality=JPEG_QUALITY)
        except UnacceptableFileError:
            raise
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
            # The library's ways of saying that a file is broken.
            raise UnacceptableFileError("is a broken or cut off picture; open it and save it again") from error

    return make


def _pixels_of(file: BinaryIO, source_format: str, target_format: str, max_pixels: int) -> Image.Image:
    """A new picture that is given nothing but the pixels. One copy at a time: fifty million take 200 MB."""
    with Image.open(file, formats=[source_format]) as sent:
        _check_pixels(sent, max_pixels)
        upright = ImageOps.exif_transpose(sent)
    mode = "RGBA" if upright.has_transparency_data and target_format != "JPEG" else "RGB"
    pixels = upright if upright.mode == mode else upright.convert(mode)
    del upright
    clean = Image.new(mode, pixels.size)
    clean.paste(pixels)
    return clean


def _check_pixels(picture: Image.Image, limit: int) -> None:
    if picture.width * picture.height > limit:
        raise UnacceptableFileError(
            f"has {picture.width} x {picture.height} pixels; the limit is {limit} in all, make it smaller"
        )


def _pages(file: BinaryIO, made: BinaryIO, limits: Limits) -> None:
    try:
        with pikepdf.open(file) as sent, pikepdf.new() as clean:
            _check_pages(sent, limits.max_pages)
            for page in sent.pages:
                _keep_only(page.obj, PAGE_KEYS)
            clean.pages.extend(sent.pages)
            _strip(clean)
            clean.save(
                made,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                compress_streams=False,
                deterministic_id=True,
                fix_metadata_version=False,
            )
    except UnacceptableFileError:
        raise
    except pikepdf.PasswordError as error:
        raise UnacceptableFileError(_ENCRYPTED) from error
    except (BrokenPictureError, binascii.Error, zlib.error) as error:
        raise UnacceptableFileError("holds a broken picture; print it to a new PDF") from error
    except (pikepdf.PdfError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise UnacceptableFileError("is a broken PDF; print it to a new one") from error


def _check_pages(document: pikepdf.Pdf, limit: int) -> None:
    if document.is_encrypted:
        raise UnacceptableFileError(_ENCRYPTED)
    if len(document.pages) > limit:
        raise UnacceptableFileError(f"has {len(document.pages)} pages; the limit is {limit}")


def _keep_only(dictionary: pikepdf.Dictionary, keys: frozenset[str]) -> None:
    for key in set(dictionary.keys()) - keys:
        del dictionary[key]


def _strip(document: pikepdf.Pdf) -> None:
    """Take descriptions and scripts from every part that the pages brought with them."""
    for part in document.objects:
        if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            is_stream = isinstance(part, pikepdf.Stream)
            for key in (DESCRIBING_KEYS | OUTSIDE_KEYS if is_stream else DESCRIBING_KEYS) & set(part.keys()):
                del part[key]
        if isinstance(part, pikepdf.Stream):
            _strip_photograph(part)


_STRIPPERS = {"/DCTDecode": strip_jpeg, "/DCT": strip_jpeg, "/JPXDecode": strip_jpeg2000}

_UNWRAPPERS: dict[str, Callable[[bytes], bytes]] = {
    "/FlateDecode": zlib.decompress,
    "/ASCIIHexDecode": lambda data: bytes.fromhex(data.partition(b">")[0].decode("ascii")),
    "/ASCII85Decode": lambda data: base64.a85decode(data.removeprefix(b"<~").partition(b"~>")[0]),
}
"""Filters that a photograph may be wrapped in a second time."""


def _strip_photograph(stream: pikepdf.Stream) -> None:
    """Take the description out of a JPEG or JPEG 2000 picture, whose pixels stay as they are."""
    filters = stream.get("/Filter")
    names = [str(one) for one in (filters if isinstance(filters, pikepdf.Array) else [filters] if filters else [])]
    if not _STRIPPERS.keys() & set(names):
        return
    *wrappings, kind = names
    if kind not in _STRIPPERS or not _UNWRAPPERS.keys() >= set(wrappings):
        raise UnacceptableFileError("holds a picture in a form of its own; print it to a new PDF")
    data = stream.read_raw_bytes()
    for wrapping in wrappings:
        data = _UNWRAPPERS[wrapping](data)
    parameters = stream.get("/DecodeParms")
    own = parameters[-1] if isinstance(parameters, pikepdf.Array) and len(parameters) else parameters
    stream.write(
        _STRIPPERS[kind](data),
        filter=pikepdf.Name(kind),
        decode_parms=own if isinstance(own, pikepdf.Dictionary) else None,
    )
