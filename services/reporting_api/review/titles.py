"""Titles of figures, which tell the finding, and captions, which say what is drawn."""

from collections.abc import Mapping, Sequence

from services.reporting_api.measures.figures import Number
from services.reporting_api.periods.schemas import Entry, QuarterFigure
from services.reporting_api.review.facts import Source
from services.reporting_api.review.phrases import Name, Part, Phrase
from services.reporting_api.review.table_view import Beside
from services.shared.periods import Period
from services.shared.tables.base import Labels


def finding(chart: str, values: Sequence[Number], parts: Mapping[str, Part]) -> Phrase:
    """What the chart shows to be the largest; what it is of, where two are or nothing is compared."""
    is_tied = not values or values.count(max(values)) > 1
    return Phrase(f"{chart}.tied" if is_tied else chart, parts)


def grades_title(best: Labels, figures: Sequence[QuarterFigure]) -> Phrase:
    """The best of several grades, or the one there is."""
    if len(figures) == 1:
        return Phrase("chart.survey_grades.one", {"value": Source("surveys", figures[0]).value})
    return finding("chart.survey_grades", [it.value or 0 for it in figures], {"name": Name(best)})


def series_title(received: Source) -> Phrase:
    """Whether there was more than a year before."""
    change = received.last_year.comparison.change
    return Phrase(f"chart.feedback_series.{change}")


def caption_of(chart: str, quarter: Period, earlier: Beside | None) -> Phrase:
    """What is drawn; an earlier quarter is spoken of where there is one."""
    return Phrase(f"{chart}.caption" + "_earlier" * (earlier is not None), {"quarter": quarter})


def numbers_of(entries: Sequence[Entry[QuarterFigure]]) -> list[Number]:
    """What the classes are compared by."""
    return [entry.number.value or 0 for entry in entries]


def largest(entries: Sequence[Entry[QuarterFigure]]) -> Entry[QuarterFigure]:
    """The class that the title tells of."""
    return max(entries, key=lambda entry: entry.number.value or 0)
