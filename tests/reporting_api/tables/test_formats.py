"""Every table in every format holds the same cells, when read back by readers that are not ours."""

import csv
import io
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import openpyxl
import pyarrow.parquet as pq
import pytest
from fastapi import FastAPI
from pyjstat import pyjstat
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from services.cli.embedded_postgres import EmbeddedPostgres
from services.reporting_api.language import Language
from services.reporting_api.main import create
from services.reporting_api.review.phrases import words_of
from services.reporting_api.tables.definitions import TABLES
from services.reporting_api.tables.formats.flat import NUMBERS, without_formula
from services.reporting_api.tables.formats.units import UNIT_LABELS
from services.shared.database import sqlalchemy_url
from tests.conftest import catalogued_database
from tests.reporting_api.conftest import Read, reading
from tests.reporting_api.factories import (
    IN_PREVIOUS,
    add_answers,
    add_contacts,
    add_feedback,
    add_presses,
    add_responses,
    add_survey,
)

pytestmark = pytest.mark.anyio

QUARTER = "/v1/quarters/2019-Q2"
FORMULA = "=2+5"
SERIES = {"series": "2"}

Cells = dict[tuple[str, ...], tuple[float | None, ...]]
"""Codes of the dimensions to the numbers of :data:`NUMBERS`."""


@pytest.fixture(scope="module")
async def city(postgres: EmbeddedPostgres) -> str:
    """The address of a database that these tests only read, so that each period is counted once for all of them."""
    url = catalogued_database(postgres, "katsaus_formats")
    engine = create_async_engine(sqlalchemy_url(url), poolclass=NullPool)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        await add_everything(session)
        await session.commit()
    await engine.dispose()
    return url


@pytest.fixture(scope="module")
async def app(city: str) -> AsyncIterator[FastAPI]:
    async with reading(city) as database:
        app = create()
        app.state.sessions = database
        yield app


async def add_everything(session: AsyncSession) -> None:
    """Something in each table: hidden cells, noughts, a mean of nobody, and a label that looks like a formula."""
    for type_code in ("complaint", "complaint", "question", "idea"):
        await add_feedback(session, type_code=type_code, handled_days=2, themes=["covid_vaccination"])
    await add_contacts(session, "family_and_social", 9, "self_determination")
    await add_contacts(session, "other", 2)
    await add_survey(
        session,
        "chat",
        "chat",
        {
            "satisfaction": {"kind": "scale", "purpose": "satisfaction", "scale_steps": 101},
            "topic": {
                "kind": "single_choice",
                "purpose": "contact_topic",
                "options": {1: "booking", 2: "other", 3: "no"},
            },
            "helped": {"kind": "yes_no", "purpose": "statement"},
        },
        names={"fi": FORMULA, "sv": FORMULA, "en": FORMULA},
    )
    await add_responses(session, "chat", 20)
    await add_answers(session, "chat", "topic", {1: 17, 2: 3})
    await add_answers(session, "chat", "helped", {1: 11, 0: 9})
    await add_answers(session, "chat", "helped", {1: 6, 0: 6}, on=IN_PREVIOUS)
    await add_survey(session, "mood", "smiley", {"mood": {"kind": "smiley_4"}})
    await add_presses(session, "mood", "kallio-health-station", {0: 6, 1: 7, 2: 8, 3: 20})
    await add_presses(session, "mood", "ruskeasuo-dental-clinic", {3: 30})
    await add_survey(session, "survey", "questionnaire", {"grade": {"kind": "grade", "purpose": "overall_grade"}})
    await add_answers(session, "survey", "grade", {8: 7, 9: 8})


@pytest.mark.parametrize("table", TABLES)
class TestFormats:
    async def test_csv(self, anyone: httpx.AsyncClient, read_publicly: Read, table: str) -> None:
        content = await fetch(anyone, table, "csv")

        assert b"\r\n" in content
        assert cells_of_text(content.decode(), ",", float) == await served(read_publicly, table)

    async def test_csv_fi(self, anyone: httpx.AsyncClient, read_publicly: Read, table: str) -> None:
        content = await fetch(anyone, table, "csv-fi")

        assert content.startswith(b"\xef\xbb\xbf")
        assert cells_of_text(content.decode("utf-8-sig"), ";", finnish_float) == await served(read_publicly, table)

    async def test_xlsx(self, anyone: httpx.AsyncClient, read_publicly: Read, table: str) -> None:
        book = openpyxl.load_workbook(io.BytesIO(await fetch(anyone, table, "xlsx")))
        header, *lines = book["data"].iter_rows(values_only=True)
        rows = [dict(zip([str(name) for name in header], line, strict=True)) for line in lines]

        assert cells_of(rows) == await served(read_publicly, table)
        assert not [cell for line in book["data"].iter_rows() for cell in line if cell.data_type == "f"]
        assert any(
            cell and "public-" in str(cell) for line in book["notes"].iter_rows(values_only=True) for cell in line
        )

    async def test_parquet(self, anyone: httpx.AsyncClient, read_publicly: Read, table: str) -> None:
        rows = pq.read_table(io.BytesIO(await fetch(anyone, table, "parquet"))).to_pylist()

        assert cells_of(rows) == await served(read_publicly, table)

    async def test_json_stat(self, anyone: httpx.AsyncClient, read_publicly: Read, table: str) -> None:
        dataset = pyjstat.Dataset.read((await fetch(anyone, table, "json-stat")).decode())

        assert cells_of_cube(dataset) == await served(read_publicly, table)


UNITS = {
    "fi": {"smiley_presses": "lukumäärä", "satisfied_share": "prosenttia", "happy_index": "indeksiluku"},
    "sv": {"smiley_presses": "antal", "satisfied_share": "procent", "happy_index": "indextal"},
    "en": {"smiley_presses": "number", "satisfied_share": "per cent", "happy_index": "index"},
}
DECIMALS = {"smiley_presses": 0, "satisfied_share": 1, "happy_index": 2, "smiley_mean": 2}


class TestUnits:
    """Presses are counted, their share has one decimal and their means have two; what each rests on is counted."""

    @pytest.mark.parametrize("language", UNITS)
    async def test_json_stat(self, anyone: httpx.AsyncClient, language: str) -> None:
        dataset = pyjstat.Dataset.read((await fetch(anyone, "smileys", "json-stat", lang=language)).decode())

        units = units_of(dataset, "measure")
        assert {code: unit["decimals"] for code, unit in units.items()} == DECIMALS
        assert {code: units[code]["label"] for code in UNITS[language]} == UNITS[language]
        assert {code: units[code]["base"] for code in UNITS[language]} == UNITS[language]
        counted = {"label": UNITS[language]["smiley_presses"], "base": UNITS[language]["smiley_presses"], "decimals": 0}
        assert units_of(dataset, "statistic") == {"count": counted, "base": counted}
        assert dataset["role"]["metric"] == ["measure", "statistic"]

    @pytest.mark.parametrize("language", UNITS)
    async def test_pxweb(self, anyone: httpx.AsyncClient, language: str) -> None:
        answer = await anyone.get("/pxweb/api/v2/tables/smileys/metadata", params={"lang": language})

        units = units_of(answer.json(), "measure")
        assert {code: unit["decimals"] for code, unit in units.items()} == DECIMALS
        assert {code: units[code]["base"] for code in UNITS[language]} == UNITS[language]
        counted = {"base": UNITS[language]["smiley_presses"], "decimals": 0}
        assert units_of(answer.json(), "statistic") == {"count": counted, "base": counted}

    async def test_xlsx(self, anyone: httpx.AsyncClient) -> None:
        book = openpyxl.load_workbook(io.BytesIO(await fetch(anyone, "smileys", "xlsx")))
        header, *lines = book["data"].iter_rows()
        rows = [dict(zip([name.value for name in header], line, strict=True)) for line in lines]

        written = {0: "0", 1: "0.0", 2: "0.00"}
        formats = {
            (str(row["measure"].value), name, row[name].number_format)
            for row in rows
            for name in NUMBERS
            if row[name].value is not None
        }
        assert ("satisfied_share", "lower", "0.0") in formats
        assert formats == {
            (measure, name, "0" if name in {"count", "base"} else written[DECIMALS[measure]])
            for measure, name, _ in formats
        }
        assert {measure for measure, name, _ in formats if name == "value"} == set(DECIMALS)

    @pytest.mark.parametrize("language", Language)
    def test_units_are_called_as_on_the_definitions_page(self, language: Language) -> None:
        named = {str(unit): labels[language] for unit, labels in UNIT_LABELS.items()}
        assert named == words_of(language)["quality"]["units"]


class TestFeeds:
    """The feeds have all quarters with data, which are the two of the series."""

    async def test_pxweb(self, anyone: httpx.AsyncClient, read_publicly: Read) -> None:
        for table in TABLES:
            address = f"/pxweb/api/v2/tables/{table}"
            variables = (await anyone.get(f"{address}/metadata")).json()["id"]
            answer = await anyone.get(f"{address}/data", params={f"valuecodes[{code}]": "*" for code in variables})
            assert answer.status_code == 200, answer.text
            assert cells_of_cube(pyjstat.Dataset.read(answer.text)) == await served(read_publicly, table), table

    async def test_odata(self, anyone: httpx.AsyncClient, read_publicly: Read) -> None:
        for table in TABLES:
            answer = await anyone.get(f"/odata/v4/{table.replace('-', '_')}")
            assert "@odata.nextLink" not in answer.json()
            assert cells_of(answer.json()["value"]) == await served(read_publicly, table), table


class TestStates:
    """Absent, hidden and nought are three different things in each format."""

    async def test_hidden_and_nought_in_flat_rows(self, read_publicly: Read) -> None:
        rows = await rows_of(read_publicly, "chat-options")

        # 3 of 20 are few, and 17 would tell them; nobody chose the third.
        assert [(row["option"], row["value"], row["status"]) for row in rows] == [
            ("booking", None, "suppressed"),
            ("other", None, "suppressed"),
            ("no", 0.0, "final"),
        ]

    async def test_absent_is_neither_hidden_nor_nought(self, read_publicly: Read) -> None:
        rows = await rows_of(read_publicly, "chats")

        satisfaction = [row for row in rows if row["measure"] == "satisfaction_mean"]
        assert [(row["value"], row["status"]) for row in satisfaction] == [(None, "not_available")]

    async def test_json_stat_codes_each(self, anyone: httpx.AsyncClient) -> None:
        dataset = pyjstat.Dataset.read((await fetch(anyone, "chat-options", "json-stat", series="1")).decode())

        values = list(zip(dataset["value"], range(len(dataset["value"])), strict=True))
        assert [(value, dataset["status"].get(str(place))) for value, place in values][:1] == [(None, "Q")]
        assert (0.0, None) in [(value, dataset["status"].get(str(place))) for value, place in values]


class TestFormulas:
    @pytest.mark.parametrize("as_format", ["csv", "csv-fi"])
    async def test_no_cell_begins_a_formula(self, anyone: httpx.AsyncClient, as_format: str) -> None:
        content = (await fetch(anyone, "chats", as_format)).decode("utf-8-sig")

        lines = csv.reader(io.StringIO(content), delimiter=";" if "fi" in as_format else ",")
        cells = [cell for line in lines for cell in line]
        assert without_formula(FORMULA) in cells
        assert not [cell for cell in cells if cell.startswith(("=", "@"))]


async def fetch(client: httpx.AsyncClient, table: str, as_format: str, **params: str) -> bytes:
    answer = await client.get(f"{QUARTER}/tables/{table}", params=SERIES | params | {"format": as_format})
    assert answer.status_code == 200, answer.text
    return answer.content


async def rows_of(read: Read, table: str, **params: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await read(f"{QUARTER}/tables/{table}", **params))["rows"]
    return rows


async def served(read: Read, table: str) -> Cells:
    return cells_of(await rows_of(read, table, **SERIES))


def cells_of(rows: list[dict[str, Any]]) -> Cells:
    return {codes_of(row): tuple(row[name] for name in NUMBERS) for row in rows}


def units_of(dataset: Any, dimension: str) -> dict[str, dict[str, Any]]:
    units: dict[str, dict[str, Any]] = dataset["dimension"][dimension]["category"]["unit"]
    return units


def cells_of_cube(dataset: Any) -> Cells:
    """The cells that can exist: the others of the cube are empty and marked so."""
    assert dataset["role"]["time"] == ["period"]
    if not dataset["value"]:
        return {}
    # pyjstat calls a function of its own that it tells others not to use.
    with pytest.warns(DeprecationWarning, match="Shouldn't use this function"):
        frame = dataset.write("dataframe", naming="id")
    numbers: dict[tuple[str, ...], dict[str, Any]] = {}
    for place, row in enumerate(frame.astype(object).where(frame.notna(), None).to_dict("records")):
        value, statistic = row.pop("value"), row.pop("statistic")
        if dataset["status"].get(str(place)) == "M":
            assert value is None
        else:
            numbers.setdefault(tuple(row.values()), {})[statistic] = value
    return {key: tuple(it[name] for name in NUMBERS) for key, it in numbers.items()}


def codes_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        str(value)
        for name, value in row.items()
        if name not in {*NUMBERS, "unit", "status"} and not name.endswith("_label")
    )


def cells_of_text(content: str, delimiter: str, number: Any) -> Cells:
    rows = csv.DictReader(io.StringIO(content, newline=""), delimiter=delimiter)
    return {codes_of(row): tuple(number(row[name]) if row[name] else None for name in NUMBERS) for row in rows}


def finnish_float(text: str) -> float:
    assert "." not in text
    return float(text.replace(",", "."))
