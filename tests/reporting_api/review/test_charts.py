"""The charts: drawings whose specification holds, with text as text in the ink around them."""

import re

import altair as alt
import pytest

from services.reporting_api.review.charts.bars import Bar, horizontal_bars
from services.reporting_api.review.charts.dots import Dot, dots_on_scale
from services.reporting_api.review.charts.form import Chart
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
    chart: Chart = CHARTS[name](width)

    alt.LayerChart.from_dict(chart.form.specification({}), validate=True)
    svg = to_svg(chart, "code", "Otsikko <1>", "Kuvaus")

    assert 'role="img" aria-labelledby="code-title code-description"' in svg
    assert '<title id="code-title">Otsikko &lt;1&gt;</title>' in svg
    assert (svg.count("role="), svg.count("aria-")) == (1, 1)
    assert "<text" in svg
    assert 'fill="currentColor"' in svg
    assert "#010203" not in svg


@pytest.mark.parametrize("name", CHARTS)
def test_every_parameter_of_a_form_is_given(name: str) -> None:
    chart: Chart = CHARTS[name](WIDE)

    assert set(chart.parameters) == set(chart.form.parameters)


def test_a_chart_shows_its_own_rows_and_not_those_drawn_before() -> None:
    drawn = [
        to_svg(horizontal_bars([Bar(name, value, written)], WIDE), "code", "Otsikko", "Kuvaus")
        for name, value, written in (("Moite", 12, "12"), ("Kiitos", 3, "3"))
    ]

    assert [("Moite" in svg, "Kiitos" in svg) for svg in drawn] == [(True, False), (False, True)]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_what_is_hidden_has_no_bar_but_says_so(width: int) -> None:
    bars = [Bar("Ajanvaraus", 12, "12"), Bar("Muu", None, "ei julkaista")]
    svg = to_svg(horizontal_bars(bars, width), "code", "Otsikko", "Kuvaus")

    assert svg.count('stroke="#0072c6"') == 1
    assert "ei julkaista" in svg


def test_a_long_name_goes_on_another_line() -> None:
    name = "Tyytymättömyys hoitoon ja siihen liittyvään kohteluun"
    charts = (
        horizontal_bars([Bar(name, 1, "1")], NARROW),
        dots_on_scale([Dot(name, 1, "1", None, None)], (0, 9), NARROW),
    )
    for chart in charts:
        svg = to_svg(chart, "code", "Otsikko", "Kuvaus")
        lines = [line for line in re.findall(r"<text[^>]*>([^<]*)</text>", svg) if line.split(":")[0] in name]
        assert len(lines) == 2
        assert all(len(line) * 7 < NARROW for line in lines)


def test_what_is_compared_with_is_hollow() -> None:
    svg = to_svg(CHARTS["bars"](WIDE), "code", "Otsikko", "Kuvaus")

    bars = [bar for bar in re.findall(r"<path[^>]*>", svg) if 'stroke="#0072c6"' in bar]
    assert ['fill="#0072c6"' in bar for bar in bars] == [True, False]
