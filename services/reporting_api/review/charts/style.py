"""How charts look, and how a specification becomes an SVG.

Colours hold on light and dark grounds and differ in greyscale too: what is compared with is hollow, not paler. Text is
text in the ink of the page around it.
"""

import re
from html import escape
from typing import Any

import vl_convert

from services.reporting_api.review.charts.form import Chart

INK = "currentColor"
BAR = "#0072c6"
"""Contrast 4.9 to white and 3.9 to the dark page: more than the 3 that graphics need (WCAG 2.1, 1.4.11)."""
QUIET = "#8a8f94"
FONT = "Arial, Helvetica, sans-serif"
FONT_SIZE = 14

CHARACTER = 7.8
"""Width of a character of the text, in CSS pixels, in a font as wide as any that pages are shown in: names that are
longer than the chart go on another line."""

_PLACEHOLDER_INK = "#010203"
"""Vega draws no ``currentColor``; this colour, which nothing else has, is replaced by it."""

_TAG = re.compile(r"<[^>]*>")
_ROLE = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')

WIDE = 680
NARROW = 340
"""Widths in CSS pixels: of the text column, and of the smallest phone at 320 with its margins zoomed to fit."""

CONFIG: dict[str, Any] = {
    "aria": False,
    "background": None,
    "font": FONT,
    "padding": 2,
    "view": {"stroke": None},
    "axis": {
        "labelColor": _PLACEHOLDER_INK,
        "labelFontSize": FONT_SIZE - 1,
        "domainColor": QUIET,
        "tickColor": QUIET,
        "gridColor": QUIET,
        "gridOpacity": 0.35,
        "title": None,
    },
    "text": {"color": _PLACEHOLDER_INK, "fontSize": FONT_SIZE},
    "bar": {"color": BAR},
}


def to_svg(chart: Chart, code: str, title: str, description: str) -> str:
    """The SVG element, named for assistive technology; ``code`` makes its ids unique on the page."""
    drawn: str = vl_convert.vega_to_svg(chart.vega(CONFIG).decode())
    head, _, rest = drawn.partition(">")
    named = (
        f'{_without_fixed_size(head)} role="img" aria-labelledby="{code}-title {code}-description">'
        f'<title id="{code}-title">{escape(title)}</title><desc id="{code}-description">{escape(description)}</desc>'
    )
    return (named + _TAG.sub(_without_roles, rest)).replace(_PLACEHOLDER_INK, INK)


def _without_roles(tag: re.Match[str]) -> str:
    """The tag without roles of its own: the drawing is one picture, and what is in it has no names."""
    return _ROLE.sub("", tag[0])


def _without_fixed_size(head: str) -> str:
    """The svg tag with its view box alone, so that it fills the column it stands in."""
    return re.sub(r' (width|height|class|version|xmlns:xlink)="[^"]*"', "", head)
