"""Making a file anew from its content: what is no part of the picture or the page stays behind.

The type is told by the first bytes, never by the name or the declared type. A picture is decoded and written again, so
that place, camera, thumbnail, comments and anything hung on behind are gone. Of a PDF only the pages are copied into a
new one, without their actions, forms, links, embedded files and descriptions. Streams of a PDF are never unpacked.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError

from services.shared.settings import Settings

ACCEPTED = "JPEG, PNG, WebP, GIF or PDF"

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
EXTENSIONS = {JPEG: "jpg", PNG: "png", WEBP: "webp", PDF: "pdf"}
"""What a stored type is called in a file name."""

DESCRIBING_KEYS = frozenset({"/Metadata", "/PieceInfo", "/AA", "/JS", "/LastModified"})
"""What a part of a page may carry besides what is seen."""

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
class Sanitised:
    """A file made anew, at ``path``, which its user deletes."""

    path: Path
    media_type: str


def sanitise(file: BinaryIO, folder: Path, settings: Settings) -> Sanitised:
    """The content of ``file`` made anew in ``folder``; raises :class:`UnacceptableFileError`. Blocks."""
    file.seek(0)
    make, media_type = _maker_of(file.read(16))
    file.seek(0)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as made:
        make(file, cast("BinaryIO", made.file), settings)
        size = made.tell()
    if size > settings.attachment_max_bytes:
        raise UnacceptableFileError(
            f"is {size} bytes once it is unpacked and made anew; the limit is {settings.attachment_max_bytes}"
        )
    return Sanitised(Path(made.name), media_type)


Maker = Callable[[BinaryIO, BinaryIO, Settings], None]


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
    raise UnacceptableFileError(f"is not a {ACCEPTED} file by its content; convert it to one of these")


def _picture(source_format: str, target_format: str) -> Maker:
    def make(file: BinaryIO, made: BinaryIO, settings: Settings) -> None:
        try:
            with Image.open(file, formats=[source_format]) as sent:
                _check_pixels(sent, settings.attachment_max_pixels)
                upright = ImageOps.exif_transpose(sent)
                mode = "RGBA" if upright.has_transparency_data and target_format != "JPEG" else "RGB"
                pixels = upright.convert(mode)
            # A new picture that is given nothing but the pixels.
            clean = Image.new(mode, pixels.size)
            clean.paste(pixels)
            clean.save(made, target_format, quality=JPEG_QUALITY)
        except UnacceptableFileError:
            raise
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
            # The library's ways of saying that a file is broken.
            raise UnacceptableFileError("is a broken or cut off picture; open it and save it again") from error

    return make


def _check_pixels(picture: Image.Image, limit: int) -> None:
    if picture.width * picture.height > limit:
        raise UnacceptableFileError(
            f"has {picture.width} x {picture.height} pixels; the limit is {limit} in all, make it smaller"
        )


def _pages(file: BinaryIO, made: BinaryIO, settings: Settings) -> None:
    try:
        with pikepdf.open(file) as sent, pikepdf.new() as clean:
            _check_pages(sent, settings.attachment_max_pages)
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
            for key in DESCRIBING_KEYS & set(part.keys()):
                del part[key]
