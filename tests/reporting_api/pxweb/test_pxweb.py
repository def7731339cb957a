"""The addresses of PxWebApi 2: shapes as its specification has them, numbers as the figures have them."""

import csv
import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pyjstat import pyjstat
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.tables.definitions import TABLES
from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import IN_PREVIOUS, add_contacts, add_feedback

pytestmark = pytest.mark.anyio

ROOT = "/pxweb/api/v2"
DATA = "tables/ombudsman/data"
CONTACTS = f"{ROOT}/{DATA}"
BY_TYPE = f"{ROOT}/tables/feedback-by-type"

DATASET_FIELDS = {"version", "class", "href", "label", "source", "updated", "link", "note", "role", "id", "size"} | {
    *("dimension", "extension", "value", "status")
}
"""The fields that the specification's Dataset allows; those it requires are told apart below."""


def check_dataset(dataset: dict[str, Any]) -> None:
    """The rules of the specification's schema that a JSON-stat reader does not hold."""
    assert set(dataset) <= DATASET_FIELDS
    assert {"version", "class", "value", "id", "size", "dimension"} <= set(dataset)
    assert set(dataset["role"]) <= {"time", "geo", "metric"}
    assert list(dataset["dimension"]) == dataset["id"]
    for dimension, size in zip(dataset["dimension"].values(), dataset["size"], strict=True):
        assert set(dimension) <= {"label", "note", "category", "extension", "link"}
        assert set(dimension["category"]) <= {"index", "label", "note", "child", "unit"}
        assert list(dimension["category"]["index"].values()) == list(range(size))
        assert set(dimension["category"]["label"]) == set(dimension["category"]["index"])
        assert isinstance(dimension["extension"]["elimination"], bool)
        for unit in dimension["category"].get("unit", {}).values():
            assert isinstance(unit["decimals"], int)
            assert isinstance(unit["base"], str)


async def test_the_configuration_says_what_may_be_asked(read_publicly: Read) -> None:
    config = await read_publicly(f"{ROOT}/config")

    assert config["maxDataCells"] == 10_000
    assert [language["id"] for language in config["languages"]] == ["fi", "sv", "en"]
    assert config["defaultDataFormat"] in config["dataFormats"]
    assert {"apiVersion", "appVersion", "defaultLanguage", "maxCallsPerTimeWindow", "timeWindow", "license"} < set(
        config
    )


async def test_tables_are_paged_with_links(read_publicly: Read, anyone: httpx.AsyncClient) -> None:
    page = await read_publicly(f"{ROOT}/tables", pageSize="5", pageNumber="2", lang="en")

    assert [table["id"] for table in page["tables"]] == list(TABLES)[5:10]
    assert page["page"]["totalElements"] == len(TABLES)
    links = {link["rel"]: link["href"] for link in page["page"]["links"]}
    assert set(links) == {"first", "prev", "next", "last"}
    following = (await anyone.get(links["next"])).json()
    assert [table["id"] for table in following["tables"]] == list(TABLES)[10:15]


async def test_tables_are_found_by_words_in_each_language(read_publicly: Read) -> None:
    found = await read_publicly(f"{ROOT}/tables", query="respons typ", lang="sv")

    labels = {table["id"]: table["label"] for table in found["tables"]}
    assert labels["feedback-by-type"] == "Respons enligt typ"
    assert all("respons" in label.casefold() and "typ" in f"{name} {label}" for name, label in labels.items())
    assert "feedback-by-topic" not in labels


async def test_a_table_tells_its_first_and_last_quarter(session: AsyncSession, read_publicly: Read) -> None:
    await add_feedback(session)
    await add_contacts(session, "other", 1, on=IN_PREVIOUS)

    table = await read_publicly(BY_TYPE)

    assert (table["type"], table["id"], table["timeUnit"]) == ("Table", "feedback-by-type", "Quarterly")
    assert (table["firstPeriod"], table["lastPeriod"]) == ("2019-Q1", "2019-Q2")
    assert [link["rel"] for link in table["links"]] == ["self", "metadata", "data"]


async def test_metadata_has_all_variables_and_no_cells(session: AsyncSession, read_publicly: Read) -> None:
    await add_feedback(session)
    await add_contacts(session, "other", 1, on=IN_PREVIOUS)

    metadata = await read_publicly(f"{BY_TYPE}/metadata", lang="sv")

    check_dataset(metadata)
    assert metadata["value"] is None
    assert metadata["id"] == ["period", "type", "measure", "statistic"]
    assert list(metadata["dimension"]["period"]["category"]["index"]) == ["2019-Q1", "2019-Q2"]
    assert metadata["role"] == {"time": ["period"], "metric": ["measure"]}
    assert metadata["dimension"]["statistic"]["extension"] == {
        "elimination": True,
        "eliminationValueCode": "value",
        "show": "value",
        "codeLists": [],
    }


# pyjstat calls a function of its own that it tells others not to use.
@pytest.mark.filterwarnings("ignore:Shouldn't use this function:DeprecationWarning")
async def test_selected_cells_are_the_figures(session: AsyncSession, read_publicly: Read) -> None:
    for type_code in ("complaint", "complaint", "question"):
        await add_feedback(session, type_code=type_code)

    dataset = await read_publicly(
        f"{BY_TYPE}/data",
        **{
            "valuecodes[period]": "TOP(1)",
            "valuecodes[type]": "complaint,question",
            "valuecodes[measure]": "feedback_by_type",
            "valuecodes[statistic]": "value,base",
        },
    )

    check_dataset(dataset)
    assert dataset["value"] == [2, 3, 1, 3]
    frame = pyjstat.Dataset.read(json.dumps(dataset)).write("dataframe", naming="id")
    assert frame.query("type == 'complaint' and statistic == 'value'")["value"].tolist() == [2]


async def test_the_statistic_may_be_left_out_and_is_then_the_value(
    session: AsyncSession, anyone: httpx.AsyncClient
) -> None:
    await add_contacts(session, "other", 7)
    await add_contacts(session, "other", 5, on=IN_PREVIOUS)
    selection = [
        {"variableCode": "period", "valueCodes": ["FROM(2019-Q1)"]},
        {"variableCode": "measure", "valueCodes": ["ombudsman_contacts"]},
    ]

    answer = await anyone.post(CONTACTS, json={"selection": selection, "placement": {"heading": [], "stub": []}})

    assert answer.json()["id"] == ["period", "measure"]
    assert answer.json()["value"] == [5, 7]


async def test_without_a_selection_all_of_the_newest_quarter_is_answered(
    session: AsyncSession, read_publicly: Read
) -> None:
    await add_contacts(session, "other", 7)
    await add_contacts(session, "other", 5, on=IN_PREVIOUS)

    default = await read_publicly(f"{ROOT}/tables/ombudsman/defaultselection")
    dataset = await read_publicly(CONTACTS)

    assert default["selection"][0] == {"variableCode": "period", "codeList": None, "valueCodes": ["TOP(1)"]}
    assert list(dataset["dimension"]["period"]["category"]["index"]) == ["2019-Q2"]


async def test_hidden_cells_say_so(
    session: AsyncSession, anyone: httpx.AsyncClient, insider: httpx.AsyncClient
) -> None:
    await add_feedback(session, themes=["covid_vaccination"])
    await add_feedback(session, themes=["covid_vaccination"], type_code="question")
    address = f"{ROOT}/tables/themes-by-type/data"

    public, internal = (await anyone.get(address)).json(), (await insider.get(address)).json()

    assert "Q" in public["status"].values()
    assert public["extension"]["policy"]
    assert "Q" not in internal["status"].values()
    hidden = [int(place) for place, status in public["status"].items() if status == "Q"]
    assert {public["value"][place] for place in hidden} == {None}
    assert {internal["value"][place] for place in hidden} != {None}


async def test_csv_has_codes_texts_and_separators(session: AsyncSession, anyone: httpx.AsyncClient) -> None:
    await add_contacts(session, "other", 7)
    params: list[tuple[str, str | int | float | bool | None]] = [
        ("outputFormat", "csv"),
        ("outputFormatParams", "UseCodesAndTexts"),
        ("outputFormatParams", "SeparatorSemicolon"),
        ("lang", "en"),
        ("valuecodes[period]", "2019-Q2"),
        ("valuecodes[measure]", "ombudsman_contacts"),
    ]

    answer = await anyone.get(CONTACTS, params=httpx.QueryParams(params))

    header, row = csv.reader(answer.text.splitlines(), delimiter=";")
    assert header == ["period", "Period", "measure", "Measure", "value", "status"]
    assert row[:3] + row[4:] == ["2019-Q2", "2019-Q2", "ombudsman_contacts", "7", ""]


async def test_nothing_is_sent_twice(session: AsyncSession, anyone: httpx.AsyncClient) -> None:
    await add_contacts(session, "other", 7)
    first = await anyone.get(CONTACTS)
    tag = {"If-None-Match": first.headers["etag"]}

    assert (await anyone.get(CONTACTS, headers=tag)).status_code == 304
    await add_contacts(session, "other", 1)
    assert (await anyone.get(CONTACTS, headers=tag)).status_code == 200


async def test_without_any_data_there_is_an_empty_table(read_publicly: Read) -> None:
    dataset = await read_publicly(CONTACTS)

    assert (dataset["size"], dataset["value"]) == ([0, 0], [])


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("tables/nonsense", {}, 404, "unknown_table"),
        ("tables/nonsense/metadata", {}, 404, "unknown_table"),
        ("tables/nonsense/data", {}, 404, "unknown_table"),
        ("tables", {"pageNumber": "0"}, 422, "invalid_request"),
        ("tables", {"pageSize": "-1"}, 422, "invalid_request"),
        ("tables", {"lang": "no"}, 422, "invalid_request"),
        (DATA, {"outputFormat": "px"}, 400, "unsupported_output_format"),
        (DATA, {"outputFormatParams": "IncludeTitle"}, 400, "unsupported_output_format"),
        (DATA, {"valuecodes[region]": "*"}, 400, "invalid_selection"),
        (DATA, {"valuecodes": "*"}, 400, "invalid_selection"),
        (DATA, {"valuecodes[period]": "*"}, 400, "invalid_selection"),
        (DATA, {"valuecodes[period]": "1999-Q1", "valuecodes[measure]": "*"}, 400, "invalid_selection"),
        (DATA, {"valuecodes[period]": "2199-Q1", "valuecodes[measure]": "*"}, 400, "invalid_selection"),
        (DATA, {"valuecodes[period]": "*", "valuecodes[measure]": "nonsense"}, 400, "invalid_selection"),
    ],
)
async def test_what_is_wrong_is_named(
    session: AsyncSession, anyone: httpx.AsyncClient, path: str, params: dict[str, str], status: int, code: str
) -> None:
    await add_contacts(session, "other", 7)

    answer = await anyone.get(f"{ROOT}/{path}", params=params)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_too_many_cells_are_refused_and_counted(
    session: AsyncSession, app: FastAPI, anyone: httpx.AsyncClient
) -> None:
    await add_feedback(session)
    app.state.settings = app.state.settings.model_copy(update={"pxweb_max_cells": 9})
    everything = {f"valuecodes[{code}]": "*" for code in ("period", "type", "measure", "statistic")}

    answer = await anyone.get(f"{BY_TYPE}/data", params=everything)

    assert (answer.status_code, answer.json()["code"]) == (403, "too_many_cells")
    assert "at most 9" in answer.json()["detail"]
