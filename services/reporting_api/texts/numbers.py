"""The numbers an officer's text names, as people write them in Finnish, Swedish and English.

A number is read leniently: thousands apart by spaces, commas or points, decimals after a comma or a point, whichever
the language. Where a number can be read in two ways, both are kept. Not taken for figures are the numbers of
``masks.py``, those in headings, links and code, and small ones that only count things told in the text (*3 workshops*).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from services.reporting_api.texts.markdown import parse
from services.reporting_api.texts.masks import SPACE, mask
from services.shared.tables.editions import ReviewLanguage

if TYPE_CHECKING:
    from markdown_it.token import Token

LARGEST_COUNTING_WORD = 10
"""Up to ten, a whole number without a unit counts what the text itself tells, more often than it is a statistic."""

_LEFT_OUT = "\ufffc"
"""Stands for a link or code, so that numbers on its two sides are not read as one."""

_GROUPED = rf"\d{{1,3}}(?:{SPACE}\d{{3}})+(?!\d)(?:[.,]\d{{1,6}})?"
_MARKED = r"\d{1,3}(?:(?P<mark>[.,])\d{3})+(?!\d)(?:(?!(?P=mark))[.,]\d{1,6})?"
_PLAIN = r"\d+(?:[.,]\d{1,6})?"

_NUMBER = re.compile(
    rf"(?<!\w)(?<!\d[.,])(?<![^\W\d]-)(?P<number>{_GROUPED}|{_MARKED}|{_PLAIN})(?!\w)"
    rf"(?:{SPACE}(?P<scale>tuha|tusen|thousand|miljoon|miljon|million)\w*)?"
    rf"(?P<unit>{SPACE}?%-?{SPACE}?yks|{SPACE}(?:prosenttiyks|procentenhet|per ?centage point)"
    rf"|(?P<percent>{SPACE}?%|{SPACE}(?:prosent|procent|per ?cent))"
    rf"|{SPACE}(?:vuorokau|vrk|dygn|days?\b))?",
    re.IGNORECASE,
)

_SCALES = {"tu": Decimal(1000), "th": Decimal(1000), "mi": Decimal(1_000_000)}

_ABOUT = re.compile(
    r"\b(?:(?P<about>noin|n\.|ca|cirka|omkring|ungefär|about|around|roughly|approximately|some)"
    r"|(?P<above>yli|runsaa\w{0,5}|ainakin|vähintään|enemmän kuin|över|drygt|minst|mer än|over|at least|more than)"
    r"|(?P<below>alle|lähes|melkein|vajaa\w{0,5}|enintään|vähemmän kuin|nästan|under|knappt|högst|mindre än"
    r"|nearly|almost|at most|less than|fewer than))\s$",
    re.IGNORECASE,
)
_LONGEST_ABOUT = 20


class Nearness(StrEnum):
    """How near to a figure the text says that its number is."""

    EXACT = "exact"
    ABOUT = "about"
    ABOVE = "above"
    """The figure is at least the number."""
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Reading:
    """A value and the step it is written to: 1 for whole numbers, 0.1 for one decimal."""

    value: Decimal
    step: Decimal


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number as it stands in the text."""

    text: str
    readings: tuple[Reading, ...]
    is_percent: bool
    nearness: Nearness


def written_numbers(markdown: str, language: ReviewLanguage) -> list[WrittenNumber]:
    """The numbers of a chapter's text that may be figures, in their order."""
    return [number for part in _prose(parse(markdown)) for number in _numbers(mask(part, language))]


def _numbers(text: str) -> Iterator[WrittenNumber]:
    for match in _NUMBER.finditer(text):
        scale = _SCALES[match["scale"][:2].lower()] if match["scale"] else Decimal(1)
        readings = tuple(Reading(it.value * scale, it.step * scale) for it in _readings(match["number"]))
        if match["unit"] is None and all(it.step == 1 and it.value <= LARGEST_COUNTING_WORD for it in readings):
            continue
        yield WrittenNumber(
            " ".join(match[0].split()), readings, match["percent"] is not None, _nearness(text[: match.start()])
        )


def _nearness(before: str) -> Nearness:
    about = _ABOUT.search(before[-_LONGEST_ABOUT:])
    return Nearness(str(about.lastgroup)) if about else Nearness.EXACT


def _readings(number: str) -> Iterator[Reading]:
    bare = "".join(number.split())
    whole, _, decimals = bare.replace(",", ".").rpartition(".")
    if not whole:
        yield Reading(Decimal(bare), Decimal(1))
        return
    is_grouped = re.fullmatch(r"\d{1,3}([.,]\d{3})+", number) is not None
    if is_grouped:
        yield Reading(Decimal(re.sub("[.,]", "", number)), Decimal(1))
    if not is_grouped or whole.isdigit():
        yield Reading(Decimal(f"{whole.replace('.', '')}.{decimals}"), Decimal(1).scaleb(-len(decimals)))


def _prose(tokens: "list[Token]") -> Iterator[str]:
    """The running text of each paragraph, list item and quotation; the numbers of list items are no text."""
    is_heading = False
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            is_heading = token.type == "heading_open"
        elif token.type == "inline" and not is_heading:
            yield "".join(_words(token.children or []))


def _words(children: "list[Token]") -> Iterator[str]:
    is_link = False
    for token in children:
        if token.type in ("link_open", "link_close"):
            is_link = token.type == "link_open"
            yield _LEFT_OUT
        elif token.type == "code_inline":
            yield _LEFT_OUT
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif not is_link:
            yield token.content
