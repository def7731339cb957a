"""What an attacker without a key reads of editions: contents, tables, comparisons, pages of changes, and archives."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from html import unescape

import httpx
import pyarrow.parquet as pq

from services.reporting_api.measures.registry import MEASURES, MeasureUnit
from services.reporting_api.tables.definitions import TABLES
from services.reporting_api.tables.formats.flat import NUMBERS
from services.shared.periods import PeriodKind
from tests.reporting_api.attack.collect import Json, Said, Units, read, rows_of_cube, said_in_report, said_in_rows

QUARTER = PeriodKind.QUARTER


async def read_content(client: httpx.AsyncClient, edition: str, units: Units) -> Iterator[Said]:
    """An edition (``2019-Q2/1``): its figures, its tables, and its series."""
    content = (await read(client, f"/v1/editions/{edition}"))["content"]
    tables = [table for part in ("tables", "series") for table in content[part].items()]
    rows = [said for name, table in tables for said in said_in_rows(name, _stored_rows(table), QUARTER, units)]
    return iter([*said_in_report(content["figures"], units), *rows])


async def read_tables(client: httpx.AsyncClient, edition: str, units: Units) -> Iterator[Said]:
    """Its tables as they are downloaded, each in one of the formats that a program reads."""
    listed = await read(client, f"/v1/editions/{edition}/tables")
    heard: list[Said] = []
    for number, table in enumerate(listed["tables"]):
        name, file_format = table["name"], list(_READERS)[number % len(_READERS)]
        answer = await client.get(f"/v1/editions/{edition}/tables/{name}", params={"format": file_format})
        assert answer.status_code == 200, answer.text
        heard += said_in_rows(name, _READERS[file_format](answer), QUARTER, units)
    return iter(heard)


async def read_comparison(
    client: httpx.AsyncClient, edition: str, units: Units
) -> tuple[Iterator[Said], Iterator[Said]]:
    """What the edition before said, and what this one says, where they differ."""
    cells = (await read(client, f"/v1/editions/{edition}/comparison"))["cells"]
    before, after = (
        [
            said
            for cell in cells
            if cell[side]
            for said in said_in_rows(cell["table"], [_row(cell["table"], cell[side])], QUARTER, units)
        ]
        for side in ("before", "after")
    )
    return iter(before), iter(after)


async def read_changes(
    client: httpx.AsyncClient, quarter: str, version: int, units: Units
) -> tuple[Iterator[Said], Iterator[Said]]:
    """The same as the page of changes says it in words."""
    answer = await client.get(f"/reviews/{quarter}/changes", params={"version": str(version)})
    assert answer.status_code == 200
    before: list[Said] = []
    after: list[Said] = []
    for section in _SECTION.finditer(answer.text):
        table = section["table"]
        named: dict[str, Json] = {}
        for of in (version - 1, version):
            rows = (await read(client, f"/v1/editions/{quarter}/{of}/tables/{table}"))["rows"]
            named |= {_name_of(table, row): row for row in rows}
        for line in _LINE.finditer(section["lines"]):
            row = named[unescape(line["name"])]
            for heard, side in ((before, "before"), (after, "after")):
                numbers = _read_number(row["measure"], unescape(line[side]))
                heard.extend(said_in_rows(table, [row | numbers], QUARTER, units))
    return iter(before), iter(after)


ARCHIVES = ("/v1/editions", "/v1/corrections", "/reviews/", "/reviews/corrections", "/reviews/feed.atom")


async def read_archives(client: httpx.AsyncClient) -> set[str]:
    """The numbers that lists of editions say, but for those of days, quarters, versions and digests."""
    found: set[str] = set()
    for path in ARCHIVES:
        answer = await client.get(path)
        assert answer.status_code == 200
        words = answer.text if path.startswith("/v1") else unescape(_MARKUP.sub(" ", answer.text))
        found |= set(re.findall(r"\d+", _NO_FIGURES.sub(" ", words)))
    return found


_SECTION = re.compile(r'<h2 id="(?P<table>[^"]+)">.*?<tbody>(?P<lines>.*?)</tbody>', re.DOTALL)
_LINE = re.compile(
    r'<th scope="row">(?P<name>.*?)</th><td class="number">(?P<before>.*?)</td><td class="number">(?P<after>.*?)</td>'
)
_MARKUP = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL)
_NO_FIGURES = re.compile(
    r"""https?://\S+
    | \d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?                       # a time
    | \b\d{4}-Q[1-4]                                                     # a quarter
    | \b\d{1,2}\.\s\w+kuuta\s\d{4} | \b[12]\d{3}\b                     # a day, a year
    | (?:versio|"version":|edition:\d{4}-Q[1-4]:)\s*\d+
    | "content_hash":"[0-9a-f]*" | "code_version":"[^"]*"
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HIDDEN = "ei julkaista"


def _name_of(table: str, row: Json) -> str:
    return " / ".join(row[f"{dimension}_label"] for dimension in (*TABLES[table].dimensions, "measure"))


def _read_number(measure: str, written: str) -> Json:
    """The numbers of a cell from how a page writes it: ``12,3 % (n = 1 204)``."""
    told: Json = dict.fromkeys(NUMBERS) | {"status": "suppressed" if written == _HIDDEN else "final"}
    value, _, beside = (part.strip() for part in re.sub(r"[\s%]", "", written).partition("(n="))
    if not re.fullmatch(r"[−-]?[\d,]+", value):
        return told
    number = float(value.replace(",", ".").replace("−", "-"))
    unit, base = MEASURES[measure].unit, int(beside.rstrip(")")) if beside else None
    if unit is MeasureUnit.COUNT:
        return told | {"value": number, "count": int(number)}
    if unit is not MeasureUnit.PERCENT:
        return told | {"value": number, "count": base}
    # The count that gives the share, where no other does.
    counts = [count for count in range((base or 0) + 1) if base and abs(100 * count / base - number) <= _HALF_A_STEP]
    return told | {"value": number, "base": base, "count": counts[0] if len(counts) == 1 else None}


_HALF_A_STEP = 0.05 + 1e-9


def _stored_rows(table: Json) -> Iterator[Json]:
    return (_row(table["name"], cell) for cell in table["cells"])


def _row(table: str, cell: Json) -> Json:
    codes = ("period", *TABLES[table].dimensions, "measure")
    return dict(zip(codes, cell["key"], strict=True)) | {name: cell[name] for name in (*NUMBERS, "status")}


def _json_rows(answer: httpx.Response) -> Iterator[Json]:
    return iter(answer.json()["rows"])


def _cube_rows(answer: httpx.Response) -> Iterator[Json]:
    return rows_of_cube(answer.json())


def _csv_rows(answer: httpx.Response) -> Iterator[Json]:
    for row in csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))):
        numbers: Mapping[str, float | None] = {name: float(row[name]) if row[name] else None for name in NUMBERS}
        yield {**row, **numbers}


def _parquet_rows(answer: httpx.Response) -> Iterator[Json]:
    return iter(pq.read_table(io.BytesIO(answer.content)).to_pylist())


_READERS = {"json": _json_rows, "json-stat": _cube_rows, "csv": _csv_rows, "parquet": _parquet_rows}
