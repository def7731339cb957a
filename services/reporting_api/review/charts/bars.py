"""Horizontal bars: each with its name above and its number at its end, so that no legend and no axis is needed."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.reporting_api.measures.figures import Number
from services.reporting_api.review.charts.form import Chart, Form
from services.reporting_api.review.charts.style import BAR, FONT_SIZE

_BAR_HEIGHT = 19
_NAME_HEIGHT = 25
_ROOM_FOR_NUMBER = 0.36
"""Share of the width kept free beyond the longest bar, for the number at its end."""

_ACROSS = {
    "field": "value",
    "type": "quantitative",
    "axis": None,
    "scale": {"domain": [0, {"expr": "widest"}], "nice": False},
}
_DOWN = {"type": "quantitative", "scale": {"domain": [0, {"expr": "lowest"}], "nice": False, "reverse": True}}

BARS = Form(
    layers=[
        {
            "mark": {"type": "rect", "strokeWidth": 1.5, "stroke": BAR},
            "encoding": {
                "x": _ACROSS,
                "x2": {"field": "zero"},
                "y": {"field": "top", "axis": None, **_DOWN},
                "y2": {"field": "bottom"},
                "fill": {"value": BAR, "condition": {"test": "datum.compared", "value": "transparent"}},
            },
        },
        {
            "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 6},
            "encoding": {
                "x": _ACROSS,
                "y": {"field": "middle", **_DOWN},
                "text": {"field": "written", "type": "nominal"},
            },
        },
        {
            "mark": {"type": "text", "align": "left", "baseline": "bottom", "fontSize": FONT_SIZE},
            "encoding": {
                "x": {"value": 0},
                "y": {"field": "above", **_DOWN},
                "text": {"field": "name", "type": "nominal"},
            },
        },
    ],
    parameters=("widest", "lowest"),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its name, its value, and how the value is written at its end. Those compared with are hollow."""

    name: str
    value: Number
    written: str
    is_compared: bool = False


def horizontal_bars(bars: Sequence[Bar], width: int) -> Chart:
    """Bars in the order given; bars of one name stand together, the name above the first of them."""
    rows = [
        {
            "zero": 0,
            "value": bar.value,
            "written": bar.written,
            "name": bar.name if place == 0 or bars[place - 1].name != bar.name else "",
            "compared": bar.is_compared,
        }
        for place, bar in enumerate(bars)
    ]
    tops = _tops(bars)
    for row, top in zip(rows, tops, strict=True):
        row |= {"top": top, "bottom": top + _BAR_HEIGHT - 3, "middle": top + _BAR_HEIGHT / 2 - 1.5, "above": top - 6}
    height = tops[-1] + _BAR_HEIGHT
    longest = max(bar.value for bar in bars) or 1
    widest = longest / (1 - _ROOM_FOR_NUMBER)
    return Chart(BARS, rows, width, height, {"widest": widest, "lowest": height})


def _tops(bars: Sequence[Bar]) -> list[float]:
    tops: list[float] = []
    at = 0.0
    for place, bar in enumerate(bars):
        if place == 0 or bars[place - 1].name != bar.name:
            at += _NAME_HEIGHT if place == 0 else _NAME_HEIGHT + 5
        tops.append(at)
        at += _BAR_HEIGHT
    return tops
