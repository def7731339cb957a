"""The statements of exports. PostgreSQL itself writes the rows, as that is fastest; no client's words are in them."""

from services.reporting_api.exports.sources import Column, ColumnKind, ExportSource

_INSTANT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_WITHOUT_FORMULA = r"CASE WHEN {0} ~ '^[=+@\t\r-]' THEN '''' || {0} ELSE {0} END"
"""As :func:`without_formula` has it: no spreadsheet takes it for a formula."""

_JSON_LINES = r"(FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"
"""JSON has neither character, so a line is exactly the JSON."""

_TYPES = {ColumnKind.DAY: "date", ColumnKind.IDENTIFIER: "uuid"}


def count_statement(source: ExportSource, *, after: bool) -> str:
    """Counts the rows; the parameters are those of :func:`_chosen`."""
    return f"SELECT count(*) FROM {source.table} WHERE {_chosen(source, after=after)}"  # noqa: S608 (ours alone)


def csv_statement(source: ExportSource, *, after: bool, is_for_spreadsheets: bool) -> str:
    """Copies the rows as CSV without a header, instants in RFC 3339."""
    columns = ", ".join(
        f"{_written(column, is_for_spreadsheets=is_for_spreadsheets)} AS {name}"
        for name, column in source.columns.items()
    )
    return f"COPY ({_rows(source, columns, after=after)}) TO STDOUT (FORMAT csv)"


def json_statement(source: ExportSource, *, after: bool) -> str:
    """Copies the rows as JSON objects, one a line."""
    columns = ", ".join(f"{column.column} AS {name}" for name, column in source.columns.items())
    rows = _rows(source, columns, after=after)
    return f"COPY (SELECT row_to_json(line) FROM ({rows}) AS line) TO STDOUT {_JSON_LINES}"  # noqa: S608 (ours alone)


def _rows(source: ExportSource, columns: str, *, after: bool) -> str:
    order = ", ".join(source.columns[name].column for name in source.key)
    chosen = _chosen(source, after=after)
    return f"SELECT {columns} FROM {source.table} WHERE {chosen} ORDER BY {order}"  # noqa: S608 (ours alone)


def _chosen(source: ExportSource, *, after: bool) -> str:
    """Takes ``first_day``, ``last_day``, ``units`` (None for all) and, with ``after``, ``key_0`` and on."""
    conditions = [
        f"({source.is_counted})",
        f"{source.day} >= %(first_day)s::date AND {source.day} <= %(last_day)s::date",
        f"(%(units)s::text[] IS NULL OR {source.unit} = ANY (%(units)s::text[]))",
    ]
    if after:
        columns = [source.columns[name] for name in source.key]
        values = (f"%(key_{place})s::{_TYPES.get(column.kind, 'text')}" for place, column in enumerate(columns))
        conditions.append(f"({', '.join(column.column for column in columns)}) > ({', '.join(values)})")
    return " AND ".join(conditions)


def _written(column: Column, *, is_for_spreadsheets: bool) -> str:
    if column.kind is ColumnKind.INSTANT:
        return _INSTANT.format(column.column)
    if column.kind is ColumnKind.FOREIGN and is_for_spreadsheets:
        return _WITHOUT_FORMULA.format(column.column)
    return column.column
