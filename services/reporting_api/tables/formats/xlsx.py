"""XLSX: typed cells under a frozen header, and a sheet of notes with what is needed to use the figures."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

from services.reporting_api.language import Language
from services.reporting_api.tables.formats.flat import (
    Edition,
    columns_of,
    flat_rows,
    in_language,
)
from services.reporting_api.tables.formats.units import decimals_of
from services.reporting_api.tables.model import MEASURE, Table
from services.shared.tables.base import Labels

SHEET = "data"
NOTES_SHEET = "notes"

_WIDTH = 22
_NOTES_WIDTHS = (34, 110)

_WORDS: dict[str, Labels] = {
    "title": {"fi": "Taulukko", "sv": "Tabell", "en": "Table"},
    "periods": {"fi": "Kaudet", "sv": "Perioder", "en": "Periods"},
    "as_of": {"fi": "Laskettu", "sv": "Beräknad", "en": "As of"},
    "edition": {
        "fi": "Julkaistu versio, laskettu",
        "sv": "Publicerad version, beräknad",
        "en": "Published version, as of",
    },
    "policy": {"fi": "Tietosuojasääntö", "sv": "Sekretessregel", "en": "Disclosure policy"},
    "source": {"fi": "Lähde", "sv": "Källa", "en": "Source"},
    "note": {"fi": "Huomautus", "sv": "Anmärkning", "en": "Note"},
    "internal": {
        "fi": "ei peitetty: vain sisäiseen käyttöön",
        "sv": "inte dolt: endast för internt bruk",
        "en": "nothing hidden: for internal use only",
    },
}


def to_xlsx(table: Table, language: Language, edition: Edition) -> bytes:
    """The workbook. Text is written as text, never taken for a formula or a link."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    import xlsxwriter  # noqa: PLC0415 (slow)

    with xlsxwriter.Workbook(out, options) as book:
        # Not the time of writing: the same edition is the same file, however often it is downloaded.
        book.set_properties({"created": edition.as_of.astimezone(UTC).replace(tzinfo=None)})
        header = book.add_format({"bold": True, "bottom": 1})
        _write_rows(book.add_worksheet(SHEET), header, _number_formats(book, table), table, language)
        notes = book.add_worksheet(NOTES_SHEET)
        for column, width in enumerate(_NOTES_WIDTHS):
            notes.set_column(column, column, width)
        for line, (word, text) in enumerate(_notes(table, language, edition)):
            notes.write_string(line, 0, word, header)
            notes.write_string(line, 1, text)
    return out.getvalue()


def _number_formats(book: "Workbook", table: Table) -> Callable[[str, str], "Format"]:
    """The format of one of the ``NUMBERS`` of a measure, by their names.

    In the file a format has a point, whatever the reader's language: a Finnish Excel shows a comma.
    """
    decimals = {0, *(measure.decimals for measure in table.measures)}
    formats = {it: book.add_format({"num_format": f"{0:.{it}f}"}) for it in sorted(decimals)}
    return lambda number, measure: formats[decimals_of(number, table.definitions[measure])]


def _write_rows(
    sheet: "Worksheet",
    header: "Format",
    number_format: Callable[[str, str], "Format"],
    table: Table,
    language: Language,
) -> None:
    columns = columns_of(table)
    sheet.set_column(0, len(columns) - 1, _WIDTH)
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column, header)
    line = 0
    for line, row in enumerate(flat_rows(table, language), start=1):
        for place, column in enumerate(columns):
            value = row[column]
            if isinstance(value, str):
                sheet.write_string(line, place, value)
            elif value is not None:
                sheet.write_number(line, place, value, number_format(column, str(row[MEASURE])))
    sheet.autofilter(0, 0, line, len(columns) - 1)


def _notes(table: Table, language: Language, edition: Edition) -> Iterator[tuple[str, str]]:
    def word(name: str) -> str:
        return in_language(_WORDS[name], language)

    yield word("title"), in_language(table.titles, language)
    yield word("periods"), ", ".join(category.code for category in table.dimensions[0].categories)
    yield word("as_of"), edition.updated.isoformat(timespec="seconds")
    for it in edition.editions:
        yield word("edition"), f"{it.quarter} ({it.version}), {it.as_of.isoformat(timespec='seconds')}"
    yield word("policy"), edition.policy or word("internal")
    yield word("source"), in_language(edition.source, language)
    for note in edition.notes:
        yield word("note"), in_language(note, language)
    for measure in table.measures:
        name, definition, base = [
            in_language(labels, language) for labels in (measure.names, measure.definition, measure.base)
        ]
        yield measure.slug, f"{name}. {definition} [{base}]"
