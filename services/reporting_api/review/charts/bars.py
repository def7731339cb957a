"""Horizontal bars: each with its name before or above it and its number at its end, so that no legend and no axis is
needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap

from services.reporting_api.measures.figures import Number
from services.reporting_api.review.charts.form import Chart, Form, Row
from services.reporting_api.review.charts.style import BAR, CHARACTER, FONT_SIZE, WIDE

_BAR_HEIGHT = 19
_LINE_HEIGHT = 18
_GAP = 9
"""Between what bears one name and what bears the next."""
_BEFORE_BARS = 16
"""Between the longest name and the bars after it."""
_MOST_FOR_NAMES = 0.42
"""Share of a wide chart that names before the bars may take; longer ones go on another line."""
_ROOM_FOR_NUMBER = 0.36
"""Share of the width kept free beyond the longest bar, for the number at its end."""

_ACROSS = {
    "field": "end",
    "type": "quantitative",
    "axis": None,
    "scale": {"domain": [{"expr": "leftmost"}, {"expr": "widest"}], "nice": False},
}
_DOWN = {
    "type": "quantitative",
    "axis": None,
    "scale": {"domain": [0, {"expr": "lowest"}], "nice": False, "reverse": True},
}
_MIDDLE = {"field": "middle", **_DOWN}

BARS = Form(
    layers=[
        {
            "transform": [{"filter": "isValid(datum.value)"}],
            "mark": {"type": "rect", "strokeWidth": 1.5, "stroke": BAR},
            "encoding": {
                "x": _ACROSS,
                "x2": {"field": "zero"},
                "y": {"field": "top", **_DOWN},
                "y2": {"field": "bottom"},
                "fill": {"value": BAR, "condition": {"test": "datum.compared", "value": "transparent"}},
            },
        },
        {
            "transform": [{"filter": "isValid(datum.written)"}],
            "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 6},
            "encoding": {"x": _ACROSS, "y": _MIDDLE, "text": {"field": "written", "type": "nominal"}},
        },
        {
            "transform": [{"filter": "isValid(datum.line)"}],
            "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": FONT_SIZE},
            "encoding": {"x": {"value": 0}, "y": _MIDDLE, "text": {"field": "line", "type": "nominal"}},
        },
    ],
    parameters=("leftmost", "widest", "lowest"),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its name, its value, and how the value is written at its end. Those compared with are hollow.

    Where ``value`` is None, no bar is drawn: what is written stands in its place.
    """

    name: str
    value: Number | None
    written: str
    is_compared: bool = False


@dataclass(frozen=True, slots=True)
class _Group:
    """Bars of one name: where they begin, counted down from the top, and where each line of the name is."""

    bars: tuple[Bar, ...]
    top: float
    lines: tuple[tuple[str, float], ...]

    @property
    def bottom(self) -> float:
        """Where the bars, and a name that is taller than they, have ended."""
        below = self.top + _BAR_HEIGHT * len(self.bars)
        return max([below, *(middle + _LINE_HEIGHT / 2 for _, middle in self.lines)])


def horizontal_bars(bars: Sequence[Bar], width: int) -> Chart:
    """Bars in the order given; bars of one name stand together, with the name before them, or above on telephones."""
    is_wide = width >= WIDE
    named = [(name, tuple(same)) for name, same in groupby(bars, key=lambda bar: bar.name)]
    room = int(width * _MOST_FOR_NAMES / CHARACTER) if is_wide else int(width / CHARACTER)
    wrapped = [wrap(name, room) for name, _ in named]
    start = max(len(line) for lines in wrapped for line in lines) * CHARACTER + _BEFORE_BARS if is_wide else 0
    groups: list[_Group] = []
    for (_, same), lines in zip(named, wrapped, strict=True):
        below = groups[-1].bottom + _GAP if groups else 0
        groups.append(_beside(same, lines, below) if is_wide else _under(same, lines, below))
    return _drawn(groups, start, width)


def _beside(bars: tuple[Bar, ...], lines: Sequence[str], top: float) -> _Group:
    """The name before its bars, both centred on the same line."""
    height = max(_BAR_HEIGHT * len(bars), _LINE_HEIGHT * len(lines))
    first = top + (height - _LINE_HEIGHT * len(lines) + _LINE_HEIGHT) / 2
    return _Group(bars, top + (height - _BAR_HEIGHT * len(bars)) / 2, _placed(lines, first))


def _under(bars: tuple[Bar, ...], lines: Sequence[str], top: float) -> _Group:
    """The name above its bars."""
    return _Group(bars, top + _LINE_HEIGHT * len(lines), _placed(lines, top + _LINE_HEIGHT / 2))


def _placed(lines: Sequence[str], first: float) -> tuple[tuple[str, float], ...]:
    return tuple((line, first + _LINE_HEIGHT * place) for place, line in enumerate(lines))


def _drawn(groups: Sequence[_Group], start: float, width: int) -> Chart:
    bars: list[Row] = [
        {
            "zero": 0,
            "value": bar.value,
            "end": bar.value or 0,
            "written": bar.written,
            "compared": bar.is_compared,
            "top": top + 1.5,
            "bottom": top + _BAR_HEIGHT - 1.5,
            "middle": top + _BAR_HEIGHT / 2,
        }
        for group in groups
        for place, bar in enumerate(group.bars)
        for top in [group.top + _BAR_HEIGHT * place]
    ]
    names: list[Row] = [{"line": line, "middle": middle} for group in groups for line, middle in group.lines]
    longest = max(bar.value or 0 for group in groups for bar in group.bars) or 1
    widest, lowest = longest / (1 - _ROOM_FOR_NUMBER), groups[-1].bottom
    sides = {"leftmost": -widest * start / (width - start), "widest": widest}
    return Chart(BARS, [*bars, *names], width, lowest, sides | {"lowest": lowest})
