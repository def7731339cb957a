"""The charts: drawings whose specification holds, with text as text in the ink around them."""

import re

import altair as alt
import pytest

from services.reporting_api.review.charts.bars import Bar, horizontal_bars
from services.reporting_api.review.charts.dots import Dot, dots_on_scale
from services.reporting_api.review.charts.grid import Square, week_grid
from services.reporting_api.review.charts.lines import Point, line_over_quarters
from services.reporting_api.review.charts.style import NARROW, WIDE, to_svg

CHARTS = {
    "bars": lambda width: horizontal_bars(
        [Bar("Moite", 12, "12"), Bar("Moite", 6, "6 · 2018", is_compared=True)], width
    ),
    "dots": lambda width: dots_on_scale(
        [Dot("Chat", 40.5, "40,5", (35, 46), 38), Dot("Toinen", 0, "0", None, None)], (0, 100), width
    ),
    "grid": lambda width: week_grid([Square(9, "ma", 81.3, "81,30"), Square(10, "ma", None, "–")], (0, 100), width),
    "lines": lambda width: line_over_quarters(
        [Point("1–3/2019", None, ""), Point("4–6/2019", 3, "3"), Point("7–9/2019", 9, "9")], width, str
    ),
}


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", CHARTS)
def test_it_is_drawn_by_the_schema(name: str, width: int) -> None:
    chart: alt.LayerChart = CHARTS[name](width)

    chart.to_dict(validate=True)
    svg = to_svg(chart, "code", "Otsikko <1>", "Kuvaus")

    assert 'role="img" aria-labelledby="code-title code-description"' in svg
    assert '<title id="code-title">Otsikko &lt;1&gt;</title>' in svg
    assert (svg.count("role="), svg.count("aria-")) == (1, 1)
    assert "<text" in svg
    assert 'fill="currentColor"' in svg
    assert "#010203" not in svg


def test_what_is_compared_with_is_hollow() -> None:
    svg = to_svg(CHARTS["bars"](WIDE), "code", "Otsikko", "Kuvaus")

    bars = [bar for bar in re.findall(r"<path[^>]*>", svg) if 'stroke="#0072c6"' in bar]
    assert ['fill="#0072c6"' in bar for bar in bars] == [True, False]
