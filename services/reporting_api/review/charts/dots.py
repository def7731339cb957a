"""Dots on a scale with their 95 % intervals, and the quarter before as a hollow ring."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from services.reporting_api.measures.figures import Number
from services.reporting_api.review.charts.form import Chart, Form, Row
from services.reporting_api.review.charts.style import BAR, CHARACTER, FONT_SIZE, QUIET

_ROW_HEIGHT = 58
_NAME_ABOVE = 14
_LINE_HEIGHT = 18
_LINE_AT = 0.62
"""Share of a row that is above its scale."""
_AXIS_TICKS = 5

_ACROSS = {
    "type": "quantitative",
    "scale": {"domain": [{"expr": "least"}, {"expr": "most"}], "nice": False},
    "axis": {"tickCount": _AXIS_TICKS, "domain": False, "grid": False},
}
_DOWN = {
    "type": "quantitative",
    "axis": None,
    "scale": {"domain": [0, {"expr": "lowest"}], "nice": False, "reverse": True},
}
_AT = {"field": "at", **_DOWN}

DOTS = Form(
    layers=[
        # Each row has a scale of its own, as lines across all rows would strike out the names.
        {
            "transform": [{"filter": "isValid(datum.at)"}],
            "mark": {"type": "rule", "strokeWidth": 1, "color": QUIET, "opacity": 0.6},
            "encoding": {"x": {"field": "least", **_ACROSS}, "x2": {"field": "most"}, "y": _AT},
        },
        {
            "transform": [{"filter": "isValid(datum.at)"}],
            "mark": {"type": "rule", "strokeWidth": 3, "color": BAR},
            "encoding": {"x": {"field": "lower", **_ACROSS}, "x2": {"field": "upper"}, "y": _AT},
        },
        {
            "transform": [{"filter": "isValid(datum.earlier)"}],
            "mark": {"type": "point", "size": 90, "color": QUIET, "strokeWidth": 2, "filled": False},
            "encoding": {"x": {"field": "earlier", **_ACROSS}, "y": _AT},
        },
        {
            "transform": [{"filter": "isValid(datum.value)"}],
            "mark": {"type": "point", "size": 110, "color": BAR, "filled": True, "opacity": 1},
            "encoding": {"x": {"field": "value", **_ACROSS}, "y": _AT},
        },
        {
            "transform": [{"filter": "isValid(datum.line)"}],
            "mark": {"type": "text", "align": "left", "baseline": "bottom", "fontSize": FONT_SIZE},
            "encoding": {
                "x": {"value": 0},
                "y": {"field": "above", **_DOWN},
                "text": {"field": "line", "type": "nominal"},
            },
        },
    ],
    parameters=("least", "most", "lowest"),
)


@dataclass(frozen=True, slots=True)
class Dot:
    """A mean: its name, value with interval, how it is written, and the earlier value where there is one."""

    name: str
    value: Number
    written: str
    interval: tuple[Number, Number] | None
    earlier: Number | None


def dots_on_scale(dots: Sequence[Dot], scale: tuple[float, float], width: int) -> Chart:
    """One row a dot, in the order given, on the whole scale: no axis is cut."""
    names = [wrap(f"{dot.name}: {dot.written}", int(width / CHARACTER)) for dot in dots]
    ats = _ats(names)
    rows: list[Row] = [
        {
            "least": scale[0],
            "most": scale[1],
            "value": dot.value,
            "lower": dot.interval[0] if dot.interval else None,
            "upper": dot.interval[1] if dot.interval else None,
            "earlier": dot.earlier,
            "at": at,
        }
        for dot, at in zip(dots, ats, strict=True)
    ]
    height = ats[-1] + _ROW_HEIGHT * (1 - _LINE_AT)
    parameters = {"least": scale[0], "most": scale[1], "lowest": height}
    return Chart(DOTS, [*rows, *_lines(names, ats)], width, height, parameters)


def _ats(names: Sequence[Sequence[str]]) -> list[float]:
    """How far down each row's scale is, below the lines of its name."""
    ats: list[float] = []
    below = 0.0
    for name in names:
        below += _ROW_HEIGHT * _LINE_AT + _LINE_HEIGHT * (len(name) - 1)
        ats.append(below)
        below += _ROW_HEIGHT * (1 - _LINE_AT)
    return ats


def _lines(names: Sequence[Sequence[str]], ats: Sequence[float]) -> list[Row]:
    return [
        {"line": line, "above": at - _NAME_ABOVE - _LINE_HEIGHT * (len(name) - 1 - place)}
        for name, at in zip(names, ats, strict=True)
        for place, line in enumerate(name)
    ]
