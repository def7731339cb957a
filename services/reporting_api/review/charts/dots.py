"""Dots on a scale with their 95 % intervals, and the quarter before as a hollow ring."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from services.reporting_api.measures.figures import Number
from services.reporting_api.review.charts.style import BAR, FONT_SIZE, QUIET

_ROW_HEIGHT = 58
_NAME_ABOVE = 14
_AXIS_TICKS = 5


@dataclass(frozen=True, slots=True)
class Dot:
    """A mean: its name, value with interval, how it is written, and the earlier value where there is one."""

    name: str
    value: Number
    written: str
    interval: tuple[Number, Number] | None
    earlier: Number | None


def dots_on_scale(dots: Sequence[Dot], scale: tuple[float, float], width: int) -> alt.LayerChart:
    """One row a dot, in the order given, on the whole scale: no axis is cut."""
    rows: list[dict[str, Any]] = [
        {
            "name": dot.name,
            "least": scale[0],
            "most": scale[1],
            "value": dot.value,
            "written": dot.written,
            "lower": dot.interval[0] if dot.interval else None,
            "upper": dot.interval[1] if dot.interval else None,
            "earlier": dot.earlier,
            "at": place * _ROW_HEIGHT + _ROW_HEIGHT * 0.62,
            "above": place * _ROW_HEIGHT + _ROW_HEIGHT * 0.62 - _NAME_ABOVE,
        }
        for place, dot in enumerate(dots)
    ]
    height = len(rows) * _ROW_HEIGHT
    across = alt.Scale(domain=list(scale), nice=False)
    down = alt.Scale(domain=[0, height], reverse=True, nice=False)
    axis = alt.Axis(tickCount=_AXIS_TICKS, domain=False, grid=False)
    base = alt.Chart(alt.InlineData(values=rows))
    y = alt.Y("at:Q", axis=None, scale=down)
    # Each row has a scale of its own, as lines across all rows would strike out the names.
    track = base.mark_rule(strokeWidth=1, color=QUIET, opacity=0.6).encode(
        x=alt.X("least:Q", scale=across, axis=axis), x2=alt.X2("most:Q"), y=y
    )
    interval = base.mark_rule(strokeWidth=3, color=BAR).encode(
        x=alt.X("lower:Q", scale=across, axis=axis), x2=alt.X2("upper:Q"), y=y
    )
    earlier = base.mark_point(size=90, color=QUIET, strokeWidth=2, filled=False).encode(
        x=alt.X("earlier:Q", scale=across, axis=axis), y=y
    )
    now = base.mark_point(size=110, color=BAR, filled=True, opacity=1).encode(
        x=alt.X("value:Q", scale=across, axis=axis), y=y
    )
    numbers = base.mark_text(align="left", baseline="bottom", fontSize=FONT_SIZE).encode(
        x=alt.value(0), y=alt.Y("above:Q", axis=None, scale=down), text=alt.Text("line:N")
    )
    named = numbers.transform_calculate(line="datum.name + ': ' + datum.written")
    return alt.LayerChart(layer=[track, interval, earlier, now, named], width=width, height=height)
