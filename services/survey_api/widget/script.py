"""The widget's one file: put together from its parts once, known by its hash."""

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import orjson

from services.survey_api.widget.texts import read_faces, read_texts

DIGEST_LENGTH = 16
"""Hexadecimal digits of the address: enough that no two releases share one."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served. ``digest`` names its content, ``integrity`` is its hash for ``<script integrity>``."""

    content: bytes
    compressed: bytes
    media_type: str

    @property
    def digest(self) -> str:
        """The first hexadecimal digits of the content's SHA-256."""
        return hashlib.sha256(self.content).hexdigest()[:DIGEST_LENGTH]

    @property
    def integrity(self) -> str:
        """As Subresource Integrity writes it."""
        return "sha384-" + base64.b64encode(hashlib.sha384(self.content).digest()).decode()


def _asset(content: str, media_type: str) -> Asset:
    encoded = content.encode()
    # Without a time, the same bytes each time.
    return Asset(encoded, gzip.compress(encoded, 9, mtime=0), media_type)


@cache
def read_script() -> Asset:
    """The widget with its words, drawings and styles."""
    parts = {
        "__TEXTS__": {language: texts["widget"] for language, texts in read_texts().items()},
        "__FACES__": read_faces(),
        "__STYLES__": _squeeze(_read("widget.css")),
    }
    script = _squeeze_script(_read("widget.js"))
    for name, part in parts.items():
        script = script.replace(f'"{name}"', orjson.dumps(part).decode())
    return _asset(script, "text/javascript; charset=utf-8")


@cache
def read_page_asset(name: str) -> Asset | None:
    """A style sheet or script of the pages; None where there is none of the name."""
    media_types = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
    if name not in ("widget.css", "page.css", "demo.js"):
        return None
    return _asset(_read(name), media_types[name.rpartition(".")[2]])


def _squeeze(styles: str) -> str:
    without_comments = re.sub(r"/\*.*?\*/", "", styles, flags=re.DOTALL)
    return re.sub(r"\s+", " ", without_comments).strip()


def _squeeze_script(script: str) -> str:
    # No text of the script runs over a line: what begins a line is an indent or a comment.
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _read(name: str) -> str:
    return (resources.files(__package__) / "assets" / name).read_text(encoding="utf-8")
