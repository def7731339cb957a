"""One spelling for what people and programs write in many, character by character, so that places are kept."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.shared.personal_data.kinds import Found

_LINE_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")

_DASHES = frozenset("\u00ad\u02d7\u2043\u2212")
"""Besides the category Pd: the soft hyphen, which PDF readers copy for a hyphen, and signs that look like one."""

_INVISIBLE_MARKS = frozenset("\ufe0e\ufe0f\u20e3")

_LOOK_ALIKES = dict(zip("АВСЕНКМРТХУ", "ABCEHKMPTXY", strict=True))
"""Cyrillic capitals to the Latin ones of the same look: who writes in two alphabets mixes them up."""


def _fold_character(character: str) -> str:
    """The one character that stands for ``character``; empty for one that cannot be seen."""
    if character.isspace():
        return "\n" if character in _LINE_BREAKS else " "
    category = unicodedata.category(character)
    if category == "Pd" or character in _DASHES:
        return "-"
    if category == "Cf" or character in _INVISIBLE_MARKS:
        return ""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character)
    capital = (plain if len(plain) == 1 else character).upper()
    return _LOOK_ALIKES.get(capital, capital) if len(capital) == 1 else character


_REMEMBERED_MAX = 10_000
"""More characters than all that residents use; a bound so that nobody can fill the memory with the rest."""


class _Folding(dict[int, str]):
    """A translation that learns each character when it first meets it."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < _REMEMBERED_MAX:
            self[code] = folded
        return folded


_FOLDING = _Folding()


@dataclass(frozen=True, slots=True)
class Folded:
    """A text with capitals, plain digits, dashes and spaces only, and where each character stood."""

    text: str
    places: Sequence[int]
    """The place in the original of each character of ``text``."""

    def without(self, found: Iterable[Found]) -> "Folded":
        """The same with what was found blotted out, in brackets as its mask will be: nothing is found across it."""
        pieces, end = [], 0
        for hit in sorted(found):
            pieces += [self.text[end : hit.start], "[", "|" * (hit.end - hit.start - 2), "]"]
            end = hit.end
        return Folded("".join([*pieces, self.text[end:]]), self.places)


def fold(text: str) -> Folded:
    """``text`` in one spelling."""
    if text.isascii() and text.isprintable():
        return Folded(text.upper(), range(len(text)))
    folded = text.translate(_FOLDING)
    if len(folded) == len(text):
        return Folded(folded, range(len(text)))
    return Folded(folded, [place for place, character in enumerate(text) if _FOLDING[ord(character)]])
