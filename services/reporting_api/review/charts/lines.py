"""A line over quarters: the newest point written out, quarters without a value left out of the line."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from services.reporting_api.measures.figures import Number
from services.reporting_api.review.charts.style import BAR, FONT_SIZE, WIDE

_HEIGHT = 220
_LABELS_WIDE, _LABELS_NARROW = 7, 4


@dataclass(frozen=True, slots=True)
class Point:
    """A quarter's value, with how it is written; None where there is none to show."""

    label: str
    value: Number | None
    written: str


def line_over_quarters(points: Sequence[Point], width: int) -> alt.LayerChart:
    """Points oldest first, on an axis from nought."""
    rows = [{"place": place, "value": it.value, "written": it.written} for place, it in enumerate(points)]
    shown = [row for row in rows if row["value"] is not None]
    marked = {row["place"] for row in (shown[:1] + shown[-1:])}
    for row in rows:
        row["mark"] = row["written"] if row["place"] in marked else ""
    every = max(1, round(len(points) / (_LABELS_WIDE if width >= WIDE else _LABELS_NARROW)))
    ticks = [place for place in range(len(points)) if (len(points) - 1 - place) % every == 0]
    names = [point.label for point in points]
    axis = alt.Axis(values=ticks, labelExpr=f"{names!r}[datum.value]", grid=False, labelAngle=0)
    across = alt.X("place:Q", axis=axis, scale=alt.Scale(domain=[-0.4, len(points) - 0.6], nice=False))
    up = alt.Y(
        "value:Q", axis=alt.Axis(tickCount=4, labels=False, ticks=False, domain=False), scale=alt.Scale(zero=True)
    )
    base = alt.Chart(alt.InlineData(values=rows))
    line = base.mark_line(color=BAR, strokeWidth=2.5).encode(x=across, y=up)
    dots = base.mark_point(color=BAR, filled=True, size=50, opacity=1).encode(x=across, y=up)
    numbers = base.mark_text(baseline="bottom", dy=-9, fontSize=FONT_SIZE).encode(
        x=across, y=up, text=alt.Text("mark:N")
    )
    return alt.LayerChart(layer=[line, dots, numbers], width=width, height=_HEIGHT)
