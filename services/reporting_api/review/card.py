"""The picture that goes with a shared link: the review's title, its quarter, and the first number of its digest."""

from collections.abc import Sequence
from html import escape
from textwrap import wrap

import vl_convert

from services.reporting_api.review.document import Review
from services.reporting_api.review.pdf.glyphs import readable
from services.reporting_api.review.phrases import words_of

WIDTH, HEIGHT = 1200, 630
"""Pixels: what the networks that show such pictures ask for."""

_FONT = "Arial, Helvetica, sans-serif"
_LINE_CHARACTERS = 52


def draw_card(review: Review) -> bytes:
    """A PNG of 1200 × 630 pixels."""
    organisation = words_of(review.language)["review"]["organisation"]
    mark = words_of(review.language)["review"]["draft"] if review.is_draft else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#0000bf"/>',
        f'<path d="{_wave(440)}" fill="#ffffff"/>',
        _text([organisation, mark], 84, 28, "#ffffff"),
        _text([review.title], 210, 92, "#ffffff", is_bold=True),
        _text(wrap(review.subtitle, _LINE_CHARACTERS)[:2], 290, 40, "#ffffff"),
        _text(wrap(review.digest[0] if review.digest else "", 50)[:2], 545, 42, "#1a1a1a", is_bold=True),
        "</svg>",
    ]
    drawn: bytes = vl_convert.svg_to_png("".join(parts))
    return drawn


def _wave(top: int) -> str:
    """Six even waves across the card, and all below them."""
    step = WIDTH // 6
    waves = "".join(
        f"C{step * n + 72} {top + (40 if n % 2 else -40)} {step * n + 128} {top + (40 if n % 2 else -40)} "
        f"{step * (n + 1)} {top}"
        for n in range(6)
    )
    return f"M0 {HEIGHT}V{top}{waves}V{HEIGHT}Z"


def _text(lines: Sequence[str], top: int, size: int, colour: str, *, is_bold: bool = False) -> str:
    weight = "bold" if is_bold else "normal"
    return "".join(
        f'<text x="72" y="{top + round(size * 1.3) * place}" font-family="{_FONT}" font-size="{size}" '
        f'font-weight="{weight}" fill="{colour}">{escape(readable(line))}</text>'
        for place, line in enumerate(line for line in lines if line)
    )
