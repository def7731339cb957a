"""One figure of the review: its title, the chart, and the table of the same cells."""

from collections.abc import Callable
from dataclasses import dataclass

from services.reporting_api.language import Language
from services.reporting_api.review.charts.form import Chart
from services.reporting_api.review.charts.style import to_svg
from services.reporting_api.review.phrases import Phrase, say
from services.reporting_api.review.table_view import ALL, Shown
from services.shared.tables.editions import Chapter

Draw = Callable[[Language, int], Chart]
"""Draws the chart in a language at a width in CSS pixels."""


@dataclass(frozen=True, slots=True)
class Illustration:
    """A chart: ``code`` is its permanent name in addresses, ``table`` the table of the same cells."""

    code: str
    chapter: Chapter
    title: Phrase
    caption: Phrase
    table: str
    draw: Draw
    shown: Shown = ALL
    """The part of the table that the chart is about."""
    is_week: bool = False
    """Whether it is of the week's hours, whose table has the weekdays side by side."""
    measure: str | None = None
    """The measure of a chart over the series' quarters; None for charts of the quarter alone."""

    def svg(self, language: Language, width: int) -> str:
        """The chart, named by its title and described by its caption."""
        identifier = f"{self.code}-{width}"
        return to_svg(self.draw(language, width), identifier, say(self.title, language), say(self.caption, language))
