"""A line over quarters: the newest point written out, quarters without a value left out of the line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from services.reporting_api.measures.figures import Number
from services.reporting_api.review.charts.form import Chart, Form
from services.reporting_api.review.charts.style import BAR, FONT_SIZE, WIDE

_HEIGHT = 220
_LABELS_WIDE, _LABELS_NARROW = 7, 4
_YEAR = 4
_STEPS = 5

_PLACES = {
    "x": {
        "field": "place",
        "type": "quantitative",
        "axis": {"values": {"expr": "ticks"}, "labelExpr": "names[datum.value]", "grid": False, "labelAngle": 0},
        "scale": {"domain": [-0.4, {"expr": "last"}], "nice": False},
    },
    "y": {
        "field": "value",
        "type": "quantitative",
        "axis": {
            "values": {"expr": "heights"},
            "labelExpr": "numbers[datum.value / heights[1]]",
            "ticks": False,
            "domain": False,
        },
        "scale": {"domain": [0, {"expr": "highest"}], "nice": False},
    },
}

LINES = Form(
    layers=[
        {"mark": {"type": "line", "color": BAR, "strokeWidth": 2.5}, "encoding": _PLACES},
        {"mark": {"type": "point", "color": BAR, "filled": True, "size": 50, "opacity": 1}, "encoding": _PLACES},
        {
            "mark": {"type": "text", "baseline": "bottom", "dy": -9, "fontSize": FONT_SIZE},
            "encoding": {**_PLACES, "text": {"field": "mark", "type": "nominal"}},
        },
    ],
    parameters=("ticks", "names", "last", "heights", "numbers", "highest"),
)


@dataclass(frozen=True, slots=True)
class Point:
    """A quarter's value, with how it is written; None where there is none to show."""

    label: str
    value: Number | None
    written: str


def line_over_quarters(points: Sequence[Point], width: int, write: Callable[[float], str]) -> Chart:
    """Points oldest first, on an axis from nought, whose numbers ``write`` writes.

    Written out are the newest, the same quarter a year before it, and the oldest.
    """
    rows = [{"place": place, "value": it.value, "written": it.written} for place, it in enumerate(points)]
    shown = [row for row in rows if row["value"] is not None]
    marked = {row["place"] for row in (shown[:1] + shown[-1:])} | {len(points) - 1 - _YEAR}
    for row in rows:
        row["mark"] = row["written"] if row["place"] in marked else ""
    every = max(1, round(len(points) / (_LABELS_WIDE if width >= WIDE else _LABELS_NARROW)))
    ticks = [place for place in range(len(points)) if (len(points) - 1 - place) % every == 0]
    heights = _heights(max((point.value or 0 for point in points), default=0))
    parameters = {
        "ticks": ticks,
        "names": [point.label for point in points],
        "last": len(points) - 0.6,
        "heights": heights,
        "numbers": [write(height) for height in heights],
        "highest": heights[-1] * 1.08,
    }
    return Chart(LINES, rows, width, _HEIGHT, parameters)


def _heights(largest: Number) -> list[int]:
    """Even steps of 1, 2 or 5 times a power of ten, from nought to the first that is not below ``largest``."""
    step = 1
    while step * _STEPS < largest:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return list(range(0, max(step, ceil(largest / step) * step) + 1, step))
