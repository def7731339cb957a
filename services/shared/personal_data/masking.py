"""Masking: what each finder finds is blotted out before the next one looks, the most specific first.

The time is linear in the text's length: each finder reads the text once, and no pattern can read further than a fixed
number of characters from where it begins. Masking a masked text changes nothing.
"""

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from functools import partial
from typing import NamedTuple

from services.shared.personal_data.accounts import CARDS, find_cards, find_ibans
from services.shared.personal_data.contacts import PHONES, find_emails, find_phones
from services.shared.personal_data.folding import fold
from services.shared.personal_data.henkilotunnus import find_exact, find_loose
from services.shared.personal_data.kinds import EVERYTHING, MASKS, Found, PersonalData

Finder = Callable[[str], Iterator[Found]]

FINDERS: tuple[Finder, ...] = (
    find_ibans,
    find_exact,
    find_loose,
    *(partial(find_cards, form=form) for form in CARDS),
    find_emails,
    *(partial(find_phones, form=form) for form in PHONES),
)

ROUNDS = 4
"""A number hidden by another glued to it shows once that is masked; a second round that finds nothing is the rule."""

FEWEST_DIGITS = 7
"""Of anything that is found by its digits."""

_DIGIT = re.compile(r"\d")
_SIGN_OF_EMAIL = re.compile(r"[@＠﹫(\[（［]")


class Masked(NamedTuple):
    """A text without personal data, and the kinds it had, each once, in the order of :class:`PersonalData`."""

    text: str
    kinds: tuple[PersonalData, ...]


def find(text: str, kinds: AbstractSet[PersonalData] = EVERYTHING) -> list[Found]:
    """The personal data of the ``kinds`` in ``text``, in its order; nothing overlaps."""
    # Most texts have neither, and cost no more than this; so do addresses in a field that asks for one.
    may_be_email = PersonalData.EMAIL in kinds and _SIGN_OF_EMAIL.search(text) is not None
    if not may_be_email and len(_DIGIT.findall(text)) < FEWEST_DIGITS:
        return []
    folded, found = fold(text), list[Found]()
    for finder in FINDERS:
        hits = [hit for hit in finder(folded.text) if hit.kind in kinds]
        if hits:
            folded = folded.without(hits)
            found += hits
    places = folded.places
    return [Found(places[hit.start], places[hit.end - 1] + 1, hit.kind) for hit in sorted(found)]


def mask(text: str, kinds: AbstractSet[PersonalData] = EVERYTHING) -> Masked:
    """``text`` with all personal data of the ``kinds`` masked; the rest of it stays to the character."""
    masked = set[PersonalData]()
    for _ in range(ROUNDS):
        found = find(text, kinds)
        if not found:
            break
        text = _with_masks(text, found)
        masked.update(hit.kind for hit in found)
    return Masked(text, tuple(kind for kind in PersonalData if kind in masked))


def _with_masks(text: str, found: list[Found]) -> str:
    pieces, end = list[str](), 0
    for hit in found:
        pieces += [text[end : hit.start], MASKS[hit.kind]]
        end = hit.end
    return "".join([*pieces, text[end:]])
