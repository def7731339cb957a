"""Horizontal bars: each with its name above and its number at its end, so that no legend and no axis is needed."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from services.reporting_api.measures.figures import Number
from services.reporting_api.review.charts.style import BAR, FONT_SIZE

_BAR_HEIGHT = 19
_NAME_HEIGHT = 25
_ROOM_FOR_NUMBER = 0.36
"""Share of the width kept free beyond the longest bar, for the number at its end."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its name, its value, and how the value is written at its end. Those compared with are hollow."""

    name: str
    value: Number
    written: str
    is_compared: bool = False


def horizontal_bars(bars: Sequence[Bar], width: int) -> alt.LayerChart:
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
    across = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, longest / (1 - _ROOM_FOR_NUMBER)], nice=False))
    down = alt.Scale(domain=[0, height], reverse=True, nice=False)
    base = alt.Chart(alt.InlineData(values=rows))
    drawn = base.mark_rect(strokeWidth=1.5, stroke=BAR).encode(
        x=across,
        x2=alt.X2("zero:Q"),
        y=alt.Y("top:Q", axis=None, scale=down),
        y2=alt.Y2("bottom:Q"),
        fill=alt.FillValue(BAR, condition={"test": "datum.compared", "value": "transparent"}),
    )
    numbers = base.mark_text(align="left", baseline="middle", dx=6).encode(
        x=across, y=alt.Y("middle:Q", scale=down), text=alt.Text("written:N")
    )
    names = base.mark_text(align="left", baseline="bottom", fontSize=FONT_SIZE).encode(
        x=alt.value(0), y=alt.Y("above:Q", scale=down), text=alt.Text("name:N")
    )
    return alt.LayerChart(layer=[drawn, numbers, names], width=width, height=height)


def _tops(bars: Sequence[Bar]) -> list[float]:
    tops: list[float] = []
    at = 0.0
    for place, bar in enumerate(bars):
        if place == 0 or bars[place - 1].name != bar.name:
            at += _NAME_HEIGHT if place == 0 else _NAME_HEIGHT + 5
        tops.append(at)
        at += _BAR_HEIGHT
    return tops
