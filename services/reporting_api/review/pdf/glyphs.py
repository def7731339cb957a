"""Characters that the typesetter's own fonts have; a PDF/UA file may show no other."""

import re
import unicodedata

FONTS = ("Libertinus Serif", "DejaVu Sans Mono")
"""Both come within the typesetter, so that a machine without fonts makes the same file."""

_HAVE = re.compile(
    "[\t\n\r\u0020-\u007e\u00a0-\u0344\u0370-\u0481\u048a-\u04ff\u1e00-\u1eff\u2000-\u2027\u202f-\u2040\u2044-\u2052\u2054-\u2060\u2070-\u20bf"
    "\u2190-\u22ff\u2500-\u25ff\ufb00-\ufb06]"
)
_UNSEEN = re.compile("[\u00ad\ufe00-\ufe0f]")
"""Soft hyphens, which bookmarks would show, and selectors of a character's variation."""


def has_glyph(character: str) -> bool:
    """Whether the fonts show it; a test sets every such character."""
    return bool(_HAVE.match(character)) and (character in "\t\n\r" or bool(unicodedata.name(character, "")))


def readable(text: str) -> str:
    """The text, with the name of each character that the fonts lack in its place: [grinning face]."""
    if text.isascii() and text.isprintable():
        return text
    bare = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    named = {ord(character): _named(character) for character in set(bare) if not has_glyph(character)}
    return bare.translate(named)


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"[{name.lower()}]" if name else ""
