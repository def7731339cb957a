"""A correction as people read it: each number that is now another, under the table it is in."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from services.reporting_api.editions.comparison import ChangedCell, EditionComparison
from services.reporting_api.editions.content import EditionContent
from services.reporting_api.language import Language
from services.reporting_api.review.days import write_embargo
from services.reporting_api.review.numbers import write_number
from services.reporting_api.review.phrases import quarter_words, words_of
from services.reporting_api.review.reasons import ReasonLine, correction_of
from services.reporting_api.review.table_view import category_names, written_base, written_value
from services.reporting_api.tables.model import MeasureDefinition
from services.reporting_api.tables.stored import StoredCell
from services.shared.periods import PeriodKind, parse_period
from services.shared.tables import Edition


@dataclass(frozen=True, slots=True)
class ChangedNumber:
    """A number in both versions, as the review writes it."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedTable:
    """The numbers of a table that are now others."""

    name: str
    title: str
    rows: tuple[ChangedNumber, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """All that a version changed of the one before."""

    quarter: str
    version: int
    previous: int
    title: str
    name: str
    mark: str | None
    """What stands above of what is not for the public yet."""
    reason: ReasonLine | None
    summary: str
    texts: str
    tables: tuple[ChangedTable, ...]


def changes_of(
    edition: Edition,
    comparison: EditionComparison,
    before: EditionContent,
    after: EditionContent,
    language: Language,
    *,
    is_public: bool,
) -> Changes:
    """The comparison in a language; categories are named by the newer version, where it has them."""
    words = words_of(language)
    tables = tuple(_tables(comparison, before, after, language))
    shown = sum(len(table.rows) for table in tables)
    quarter = parse_period(PeriodKind.QUARTER, edition.quarter)
    return Changes(
        quarter=edition.quarter,
        version=edition.version,
        previous=comparison.previous_version,
        title=words["review"]["changes_title"].format(version=edition.version),
        name=f"{words['review']['title']} {quarter_words(quarter, language, 'title')}",
        mark=None if is_public else write_embargo(edition, language) or words["review"]["draft"],
        reason=correction_of(edition, language),
        summary=words["review"]["changes_text"].format(
            previous=comparison.previous_version,
            changed=write_number(shown, 0, language),
            compared=write_number(comparison.compared, 0, language),
        ),
        texts=", ".join(words["headings"][chapter] for chapter in comparison.texts),
        tables=tables,
    )


def _tables(
    comparison: EditionComparison, before: EditionContent, after: EditionContent, language: Language
) -> Iterator[ChangedTable]:
    for name, cells in groupby(comparison.cells, key=lambda cell: cell.table):
        content = after if name in after.tables else before
        titles = content.tables[name].titles
        rows = tuple(row for cell in cells for row in _rows(cell, before, after, language))
        if rows:
            yield ChangedTable(name, titles.get(language, titles["fi"]), rows)


def _rows(
    cell: ChangedCell, before: EditionContent, after: EditionContent, language: Language
) -> Iterator[ChangedNumber]:
    content = after if cell.after is not None else before
    names = category_names(content.tables[cell.table], cell.key, language)
    definition = content.definitions[cell.key[-1]]
    old, new = (_written(it, definition, language) for it in (cell.before, cell.after))
    if old != new:
        yield ChangedNumber(names, old, new)


def _written(cell: StoredCell | None, definition: MeasureDefinition, language: Language) -> str:
    """The value, with what it is a share of: a share may stay while its base grows."""
    value, base = written_value(cell, definition, language), written_base(cell, definition, language)
    return f"{value} ({base})" if base else value
