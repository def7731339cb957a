"""Where lines may break: headings within their long words, numbers not apart from what they count."""

import re

NO_BREAK_SPACE, SOFT_HYPHEN, WORD_JOINER = "\u00a0", "\u00ad", "\u2060"

_RANGE = re.compile(r"(?<=\d)–(?=\d)")
_COUNTED = re.compile(r"(?<=\d) (?=[^\W\d]{2})")
_VERSION = re.compile(r"(?<=versio|ersion) (?=\d)")


def unbroken(text: str) -> str:
    """The text with its numbers kept on the line of what they count, and ranges whole."""
    whole = _RANGE.sub(f"{WORD_JOINER}–{WORD_JOINER}", text)
    return _VERSION.sub(NO_BREAK_SPACE, _COUNTED.sub(NO_BREAK_SPACE, whole))


def plain(text: str) -> str:
    """A heading without the places where its words may break, for titles and feeds."""
    return text.replace(SOFT_HYPHEN, "")
