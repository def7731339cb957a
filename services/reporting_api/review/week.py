"""The smileys by weekday and hour: their index where it is public, or else how many presses there were."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor

from services.reporting_api.language import Language
from services.reporting_api.measures.registry import HAPPY_INDEX, PRESSES, Measure
from services.reporting_api.review.charts.form import Chart
from services.reporting_api.review.charts.grid import Square, week_grid
from services.reporting_api.review.illustration import Illustration
from services.reporting_api.review.phrases import Name, Phrase, words_of
from services.reporting_api.review.table_view import TableView, written_value
from services.reporting_api.tables.stored import StoredCell, StoredTable
from services.shared.periods import Period
from services.shared.tables.editions import Chapter

_TENS = 10
"""Tones go from the tens below the lowest index to those above the highest: indexes are so near that the whole scale
would give all squares one tone."""


@dataclass(frozen=True, slots=True)
class Week:
    """The cells of one measure by weekday and hour, of the hours of the day that had any presses."""

    measure: Measure
    cells: dict[tuple[int, int], StoredCell]

    @property
    def hours(self) -> list[int]:
        """From the first hour that had presses to the last."""
        found = [hour for (_, hour), cell in self.cells.items() if cell.value or cell.count]
        return list(range(min(found), max(found) + 1))

    @property
    def highest(self) -> tuple[int, int]:
        """The weekday and hour of the highest value; the earlier of two that are equal."""
        return max(sorted(self.cells), key=lambda place: self.cells[place].value or -1)

    @property
    def is_tied(self) -> bool:
        """Whether two hours have the highest value."""
        values = [cell.value for cell in self.cells.values() if cell.value is not None]
        return values.count(max(values)) > 1

    def written(self, weekday: int, hour: int, language: Language) -> str:
        """The value as the language writes it; nothing where there were no presses."""
        cell = self.cells[weekday, hour]
        return written_value(cell, self.measure, language) if cell.count or cell.value is None else ""


def week_of(table: StoredTable | None) -> Week | None:
    """The index where any is shown, else the presses where there are any; None of an edition that has neither."""
    for measure in (HAPPY_INDEX, PRESSES):
        cells = {
            (int(cell.key[1]), int(cell.key[2])): cell
            for cell in (table.cells if table is not None else [])
            if cell.key[-1] == measure.slug
        }
        if any(cell.value for cell in cells.values()):
            return Week(measure, cells)
    return None


def week_illustrations(table: StoredTable | None, quarter: Period) -> Iterator[Illustration]:
    """The grid, where there is anything to draw."""
    week = week_of(table)
    if table is None or week is None:
        return
    weekday, hour = week.highest
    parts = {"weekday": _every(weekday), "hour": Name(_hour(table, hour))}
    yield Illustration(
        table.name,
        Chapter.SMILEYS,
        Phrase(f"chart.week.{week.measure.slug}" + ".tied" * week.is_tied, parts),
        Phrase(f"chart.week.{week.measure.slug}.caption", {"quarter": quarter}),
        table.name,
        lambda language, width: _draw(week, language, width),
        is_week=True,
    )


def view_week(table: StoredTable, language: Language) -> TableView:
    """A row an hour of the day, the weekdays side by side."""
    week = week_of(table)
    words = words_of(language)
    if week is None:
        return TableView(words["tables"]["hour"], (), (), ())
    names = {int(it.code): it.labels for it in table.dimensions[2].categories}
    return TableView(
        words["tables"]["hour"],
        tuple(words["weekdays"]["short"].values()),
        tuple(
            (
                names[hour][language],
                tuple(
                    week.written(weekday, hour, language) or words["tables"]["none"]
                    for weekday in words["weekdays"]["short"]
                ),
            )
            for hour in week.hours
        ),
        (week.measure.slug,),
    )


def _draw(week: Week, language: Language, width: int) -> Chart:
    short = words_of(language)["weekdays"]["short"]
    squares = [
        Square(
            hour,
            short[weekday],
            cell.value if cell.count and cell.value is not None else None,
            week.written(weekday, hour, language),
        )
        for weekday in short
        for hour in week.hours
        for cell in [week.cells[weekday, hour]]
    ]
    values = [square.value for square in squares if square.value is not None]
    highest = ceil(max(values) / _TENS) * _TENS
    lowest = min(floor(min(values) / _TENS) * _TENS, highest - _TENS) if week.measure is HAPPY_INDEX else 0
    return week_grid(squares, (lowest, highest), width)


def _every(weekday: int) -> Name:
    return Name({language: words_of(language)["weekdays"]["every"][weekday] for language in Language})


def _hour(table: StoredTable, hour: int) -> dict[str, str]:
    return next(it.labels for it in table.dimensions[2].categories if it.code == str(hour))
