"""A table as people read it: a row a class, numbers as the text writes them, hidden ones said to be hidden."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from services.reporting_api.language import Language
from services.reporting_api.measures.figures import FigureStatus, Number
from services.reporting_api.measures.registry import MEASURES, MeasureUnit
from services.reporting_api.review.numbers import write_number, write_value
from services.reporting_api.review.phrases import quarter_words, words_of
from services.reporting_api.tables.model import Definitions, MeasureDefinition
from services.reporting_api.tables.stored import StoredCell, StoredDimension, StoredTable
from services.shared.periods import Period, PeriodKind, parse_period
from services.shared.tables.base import Labels

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """Column headings, rows of a name and cells, and the slugs of the measures shown."""

    name_heading: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """The values of an earlier quarter that a chart compares with, by the codes of the table's classes."""

    quarter: Period
    unit: MeasureUnit
    decimals: int
    values: Mapping[Key, Number]

    def written(self, key: Key, language: Language) -> str:
        """The earlier value of a class, or that there is none."""
        value = self.values.get(key)
        if value is None:
            return str(words_of(language)["tables"]["none"])
        return write_value(value, self.unit, self.decimals, language)


@dataclass(frozen=True, slots=True)
class Shown:
    """Which part of a table stands with a chart."""

    within: tuple[str, ...] = ()
    """Codes of the outermost classifying dimensions; none where it is the whole table."""
    measures: tuple[str, ...] = ()
    """The measures that have a column, and whose rows there are; none where it is all that any row has a value of."""
    beside: Beside | None = None
    """Stands after the first measure."""


ALL = Shown()
"""The whole table."""


def view_table(table: StoredTable, shown: Shown, language: Language, definitions: Definitions) -> TableView:
    """The newest period's rows.

    Measures that no row has a value of, such as how many were invited to a chat, have no column.
    """
    within, beside = list(shown.within), shown.beside
    newest = table.dimensions[0].categories[-1].code
    classifying = table.dimensions[1:-1]
    outer = len(within)
    # An edition of measures that there are no more shows all it has.
    measured = {it.code for it in table.dimensions[-1].categories}
    chosen = measured.intersection(shown.measures) or measured
    cells = {
        tuple(cell.key[1:]): cell
        for cell in table.cells
        if cell.key[0] == newest
        and cell.key[1 : 1 + outer] == within
        and (not shown.measures or (cell.key[-1] in chosen and cell.status is not FigureStatus.NOT_AVAILABLE))
    }
    told = {key[-1] for key, cell in cells.items() if cell.status is not FigureStatus.NOT_AVAILABLE}
    measures = [definitions[it.code] for it in table.dimensions[-1].categories if it.code in told]
    classes = list(dict.fromkeys(key[:-1] for key in cells))
    words = words_of(language)["tables"]
    headings = [_headings(measure, language) for measure in measures]
    rows = {key: [_cells(cells.get((*key, it.slug)), it, language) for it in measures] for key in classes}
    if beside is not None and headings:
        headings[:1] = [_after_first(headings[0], period_label(beside.quarter))]
        rows = {key: [_after_first(row[0], beside.written(key, language)), *row[1:]] for key, row in rows.items()}
    return TableView(
        name_heading=" / ".join(_in(it.labels, language) for it in classifying[outer:]) or words["figure"],
        headings=tuple(chain.from_iterable(headings)),
        rows=tuple(
            (
                _name(classifying[outer:], key[outer:], language) or _in(table.titles, language),
                tuple(chain.from_iterable(row)),
            )
            for key, row in rows.items()
        ),
        measures=tuple(it.slug for it in measures),
    )


def period_label(period: Period) -> str:
    """A quarter by its months, from its dates: 4-6/2021."""
    return f"{period.starts_on.month}–{period.starts_on.month + 2}/{period.starts_on.year}"


def _after_first(texts: tuple[str, ...], text: str) -> tuple[str, ...]:
    return (texts[0], text, *texts[1:])


def view_series(table: StoredTable, measure: str, language: Language) -> TableView:
    """A row a quarter, oldest first: the measure's value in each; of tables without classes.

    Quarters in which nothing at all came were not recorded: they have no value, rather than nought, as in the chart.
    """
    definition = MEASURES[measure]
    cells = {cell.key[0]: cell for cell in table.cells if cell.key[-1] == measure}
    quarters = [it.code for it in table.dimensions[0].categories]
    rows = (
        (
            quarter_words(parse_period(PeriodKind.QUARTER, code), language, "title"),
            _cells(cells[code] if code in cells and cells[code].value else None, definition, language),
        )
        for code in quarters
    )
    return TableView(words_of(language)["tables"]["quarter"], _headings(definition, language), tuple(rows), (measure,))


def _headings(measure: MeasureDefinition, language: Language) -> tuple[str, ...]:
    words = words_of(language)["tables"]
    name = _in(measure.names, language)
    if measure.unit is MeasureUnit.COUNT:
        return (name,)
    if measure.unit is MeasureUnit.PERCENT:
        return name, words["base"]
    return name, words["interval"], words["n"]


def _cells(cell: StoredCell | None, measure: MeasureDefinition, language: Language) -> tuple[str, ...]:
    if cell is None or cell.value is None:
        return (written_value(cell, measure, language),) * len(_headings(measure, language))
    value = written_value(cell, measure, language)
    if measure.unit is MeasureUnit.COUNT:
        return (value,)
    if measure.unit is MeasureUnit.PERCENT:
        return value, _whole(cell.base, language)
    return value, _interval(cell, measure, language), _whole(cell.count, language)


def written_value(cell: StoredCell | None, measure: MeasureDefinition, language: Language) -> str:
    """The value, that it is hidden, or that there is none."""
    words = words_of(language)["tables"]
    if cell is not None and cell.status is FigureStatus.SUPPRESSED:
        return str(words["suppressed"])
    if cell is None or cell.value is None:
        return str(words["none"])
    return write_value(cell.value, measure.unit, measure.decimals, language)


def written_base(cell: StoredCell | None, measure: MeasureDefinition, language: Language) -> str | None:
    """What a value rests on, where it is shown and is no count itself."""
    if cell is None or cell.value is None or measure.unit is MeasureUnit.COUNT:
        return None
    number = cell.base if measure.unit is MeasureUnit.PERCENT else cell.count
    return None if number is None else f"n\u00a0=\u00a0{write_number(number, 0, language)}"


def category_names(table: StoredTable, key: Sequence[str], language: Language) -> str:
    """A cell's categories by name, but for the period, which is the review's own."""
    return _name(table.dimensions[1:], tuple(key[1:]), language)


def _interval(cell: StoredCell, measure: MeasureDefinition, language: Language) -> str:
    if cell.lower is None or cell.upper is None:
        return str(words_of(language)["tables"]["none"])
    lower, upper = (write_number(bound, measure.decimals, language) for bound in (cell.lower, cell.upper))
    return f"{lower}–{upper}"


def _whole(number: int | None, language: Language) -> str:
    return str(words_of(language)["tables"]["none"]) if number is None else write_number(number, 0, language)


def _name(dimensions: Sequence[StoredDimension], codes: Key, language: Language) -> str:
    names = []
    for dimension, code in zip(dimensions, codes, strict=True):
        category = next(it for it in dimension.categories if it.code == code)
        names.append(_in(category.labels, language))
    return " / ".join(names)


def _in(labels: Labels, language: Language) -> str:
    return labels.get(language, labels["fi"])
