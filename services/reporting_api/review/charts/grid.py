"""The week's grid: hours across, weekdays down, each square's tone the index, with its number where it fits."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.reporting_api.measures.figures import Number
from services.reporting_api.review.charts.form import Chart, Form
from services.reporting_api.review.charts.style import QUIET

_ROW_HEIGHT = 34
_CHARACTER = 8.0
"""Width of a figure with its room, in CSS pixels."""
_LIGHTEST, _DARKEST = "#dcecf9", "#00407a"
_TEXT_TURNS_WHITE_AT = 0.66
"""Share of the scale at which black and white both have a contrast of 4.5 to the tone."""

_PLACES = {
    "x": {
        "field": "hour",
        "type": "ordinal",
        "axis": {"labelAngle": 0, "domain": False, "ticks": False, "orient": "top", "labelPadding": 6},
    },
    "y": {
        "field": "weekday",
        "type": "nominal",
        "sort": {"field": "place", "op": "min"},
        "axis": {"domain": False, "ticks": False, "labelPadding": 8},
    },
}
_TONE = {
    "domain": [{"expr": "lowest"}, {"expr": "highest"}],
    "range": [_LIGHTEST, _DARKEST],
    "interpolate": "rgb",
}
_FILLED = [{"filter": "isValid(datum.value)"}]

GRID = Form(
    layers=[
        {
            "mark": {"type": "rect", "fill": "transparent", "stroke": QUIET, "strokeWidth": 0.5},
            "encoding": _PLACES,
        },
        {
            "transform": _FILLED,
            "mark": {"type": "rect"},
            "encoding": {
                **_PLACES,
                "color": {"field": "value", "type": "quantitative", "scale": _TONE, "legend": None},
            },
        },
        {
            "transform": _FILLED,
            "mark": {"type": "text", "fontSize": 11},
            "encoding": {
                **_PLACES,
                "text": {"field": "written", "type": "nominal"},
                "color": {"value": "#000000", "condition": {"test": "datum.value >= middle", "value": "#ffffff"}},
            },
        },
    ],
    parameters=("lowest", "middle", "highest"),
)


@dataclass(frozen=True, slots=True)
class Square:
    """An hour of a weekday; ``value`` None where it is hidden or there was nothing."""

    hour: int
    weekday: str
    value: Number | None
    written: str


def week_grid(squares: Sequence[Square], scale: tuple[float, float], width: int) -> Chart:
    """Squares of the hours that occur, in the weekdays' order of the list."""
    room = width / len({it.hour for it in squares})
    is_written = all(len(it.written) * _CHARACTER < room for it in squares if it.value is not None)
    weekdays = list(dict.fromkeys(it.weekday for it in squares))
    rows = [
        {
            "hour": it.hour,
            "weekday": it.weekday,
            "place": weekdays.index(it.weekday),
            "value": it.value,
            "written": it.written if is_written else "",
        }
        for it in squares
    ]
    lowest, highest = scale
    middle = lowest + (highest - lowest) * _TEXT_TURNS_WHITE_AT
    return Chart(
        GRID, rows, width, _ROW_HEIGHT * len(weekdays), {"lowest": lowest, "middle": middle, "highest": highest}
    )
