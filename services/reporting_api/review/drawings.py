"""How the review's charts are drawn from figures: in a language, at a width."""

from collections.abc import Sequence

from services.reporting_api.language import Language
from services.reporting_api.measures.figures import FigureStatus
from services.reporting_api.measures.registry import MEASURES
from services.reporting_api.periods.schemas import ComparisonAnswer, Entry, QuarterFigure, ShareEntry
from services.reporting_api.review.charts.bars import Bar, horizontal_bars
from services.reporting_api.review.charts.dots import Dot, dots_on_scale
from services.reporting_api.review.charts.form import Chart
from services.reporting_api.review.charts.lines import Point, line_over_quarters
from services.reporting_api.review.facts import decimals_of
from services.reporting_api.review.illustration import Draw
from services.reporting_api.review.numbers import write_number, write_value
from services.reporting_api.review.phrases import words_of
from services.reporting_api.review.table_view import period_label
from services.shared.periods import Period, PeriodKind, parse_period
from services.shared.tables.base import Labels


def bars_of_entries(entries: Sequence[Entry[QuarterFigure]], quarter: Period, *, with_last_year: bool) -> Draw:
    """Bars of numbers with their shares; where asked, those of the same quarter last year hollow below."""

    def draw(language: Language, width: int) -> Chart:
        bars: list[Bar] = []
        for entry in entries:
            name = _label(entry.labels, language)
            bars.append(Bar(name, entry.number.value, _number_and_share(entry, language)))
            earlier = entry.number.same_quarter_last_year
            if with_last_year and earlier.value is not None:
                written = f"{_written(entry.number, earlier, language)} · {period_label(quarter.same_last_year())}"
                bars.append(Bar(name, earlier.value, written, is_compared=True))
        return horizontal_bars(bars, width)

    return draw


def bars_of_shares(options: Sequence[ShareEntry[QuarterFigure]]) -> Draw:
    """Bars of the shares of options."""
    return bars_of_figures([(option.labels, option.share) for option in options])


def bars_of_figures(figures: Sequence[tuple[Labels, QuarterFigure]]) -> Draw:
    """A bar a figure; one that disclosure control hides has none, and says so in its place."""

    def draw(language: Language, width: int) -> Chart:
        return horizontal_bars(
            [Bar(_label(labels, language), it.value, _shown(it, language)) for labels, it in figures], width
        )

    return draw


def dots_of_figures(
    figures: Sequence[tuple[Labels, QuarterFigure]], quarter: Period, scale: tuple[float, float] = (0, 100)
) -> Draw:
    """Dots with their intervals on ``scale``, the quarter before as a hollow ring."""

    def draw(language: Language, width: int) -> Chart:
        dots = [
            Dot(
                _label(labels, language),
                it.value or 0,
                _with_earlier(it, quarter, language),
                it.interval,
                it.previous_quarter.value,
            )
            for labels, it in figures
        ]
        return dots_on_scale(dots, scale, width)

    return draw


def _with_earlier(figure: QuarterFigure, quarter: Period, language: Language) -> str:
    """The value, and that of the quarter before by its months: 65,0 (1–3/2021: 55,0)."""
    value, earlier = _written(figure, figure, language), _written(figure, figure.previous_quarter, language)
    return f"{value} ({period_label(quarter.previous())}: {earlier})" if earlier else value


def line_of_series(series: Sequence[tuple[str, float | None]], measure: str) -> Draw:
    """The measure over quarters, oldest first."""
    definition = MEASURES[measure]

    def draw(language: Language, width: int) -> Chart:
        points = [
            Point(
                period_label(parse_period(PeriodKind.QUARTER, label)),
                value,
                "" if value is None else write_value(value, definition.unit, definition.decimals, language),
            )
            for label, value in series
        ]
        return line_over_quarters(points, width, lambda number: write_number(number, 0, language))

    return draw


def _number_and_share(entry: Entry[QuarterFigure], language: Language) -> str:
    number = _shown(entry.number, language)
    return number if entry.share.value is None else f"{number} ({_written(entry.share, entry.share, language)})"


def _shown(figure: QuarterFigure, language: Language) -> str:
    if figure.status is FigureStatus.SUPPRESSED:
        return str(words_of(language)["tables"]["suppressed"])
    return _written(figure, figure, language)


def _written(figure: QuarterFigure, valued: QuarterFigure | ComparisonAnswer, language: Language) -> str:
    return "" if valued.value is None else write_value(valued.value, figure.unit, decimals_of(figure), language)


def _label(labels: Labels, language: Language) -> str:
    return labels.get(language, labels["fi"])
