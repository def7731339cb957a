"""The week's grid: hours across, weekdays down, each square's tone the index, with its number where it fits."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from services.reporting_api.measures.figures import Number
from services.reporting_api.review.charts.style import QUIET

_ROW_HEIGHT = 34
_CHARACTER = 8.0
"""Width of a figure with its room, in CSS pixels."""
_LIGHTEST, _DARKEST = "#dcecf9", "#00407a"
_TEXT_TURNS_WHITE_AT = 0.66
"""Share of the scale at which black and white both have a contrast of 4.5 to the tone."""


@dataclass(frozen=True, slots=True)
class Square:
    """An hour of a weekday; ``value`` None where it is hidden or there was nothing."""

    hour: int
    weekday: str
    value: Number | None
    written: str


def week_grid(squares: Sequence[Square], scale: tuple[float, float], width: int) -> alt.LayerChart:
    """Squares of the hours that occur, in the weekdays' order of the list."""
    room = width / len({it.hour for it in squares})
    is_written = all(len(it.written) * _CHARACTER < room for it in squares if it.value is not None)
    rows = [
        {"hour": it.hour, "weekday": it.weekday, "value": it.value, "written": it.written if is_written else ""}
        for it in squares
    ]
    weekdays = list(dict.fromkeys(it.weekday for it in squares))
    across = alt.X("hour:O", axis=alt.Axis(labelAngle=0, domain=False, ticks=False, orient="top", labelPadding=6))
    down = alt.Y("weekday:N", sort=weekdays, axis=alt.Axis(domain=False, ticks=False, labelPadding=8))
    base = alt.Chart(alt.InlineData(values=rows))
    tone = alt.Color(
        "value:Q", scale=alt.Scale(domain=list(scale), range=[_LIGHTEST, _DARKEST], interpolate="rgb"), legend=None
    )
    empty = base.mark_rect(fill="transparent", stroke=QUIET, strokeWidth=0.5).encode(x=across, y=down)
    filled = base.transform_filter("isValid(datum.value)").mark_rect().encode(x=across, y=down, color=tone)
    middle = scale[0] + (scale[1] - scale[0]) * _TEXT_TURNS_WHITE_AT
    numbers = (
        base.transform_filter("isValid(datum.value)")
        .mark_text(fontSize=11)
        .encode(
            x=across,
            y=down,
            text=alt.Text("written:N"),
            color=alt.ColorValue("#000000", condition={"test": f"datum.value >= {middle}", "value": "#ffffff"}),
        )
    )
    return alt.LayerChart(layer=[empty, filled, numbers], width=width, height=_ROW_HEIGHT * len(weekdays))
