"""The OData feed: its documents, pages and errors, and the figures in it."""

from collections.abc import AsyncIterator
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.odata.entity_sets import ENTITY_SETS
from services.reporting_api.tables.definitions import TABLES
from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import IN_PREVIOUS, add_contacts, add_feedback

pytestmark = pytest.mark.anyio

ROOT = "/odata/v4"
TYPES: dict[str, tuple[type, ...]] = {"Edm.String": (str,), "Edm.Int64": (int,), "Edm.Double": (int, float)}
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
CONTACTS = f"{ROOT}/ombudsman"
VALUES = {"$filter": "measure eq 'ombudsman_contacts'"}


async def pages(client: httpx.AsyncClient, address: str, **params: str) -> AsyncIterator[dict[str, Any]]:
    """All pages, following the next links as a tool does."""
    link: str | None = str(httpx.URL(address, params=params))
    while link is not None:
        answer = await client.get(link)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        yield page
        link = page.get("@odata.nextLink")


async def test_the_service_document_lists_all_tables(anyone: httpx.AsyncClient) -> None:
    answer = await anyone.get(f"{ROOT}/")

    assert answer.headers["odata-version"] == "4.0"
    assert answer.headers["content-type"] == "application/json;odata.metadata=minimal"
    assert answer.json()["@odata.context"] == "http://test/odata/v4/$metadata"
    assert [one["name"] for one in answer.json()["value"]] == [name.replace("-", "_") for name in TABLES]


async def test_the_metadata_describes_what_rows_have(session: AsyncSession, anyone: httpx.AsyncClient) -> None:
    await add_feedback(session)

    document = ElementTree.fromstring((await anyone.get(f"{ROOT}/$metadata")).content)  # noqa: S314 (our own)

    for name in ("feedback_by_type", "themes_by_type", "feedback"):
        entity_type = next(one for one in document.iter(f"{EDM}EntityType") if one.get("Name") == f"{name}_row")
        described = {one.attrib["Name"]: one.attrib["Type"] for one in entity_type.findall(f"{EDM}Property")}
        key = [one.attrib["Name"] for one in entity_type.iter(f"{EDM}PropertyRef")]
        rows = (await anyone.get(f"{ROOT}/{name}")).json()["value"]
        assert len({tuple(row[part] for part in key) for row in rows}) == len(rows)
        for row in rows:
            assert list(row) == list(described)
            for property_name, value in row.items():
                assert value is None or isinstance(value, TYPES[described[property_name]]), property_name
    sets = {one.get("Name") for one in document.iter(f"{EDM}EntitySet")}
    assert sets == set(ENTITY_SETS)


async def test_rows_are_the_tables_rows(session: AsyncSession, anyone: httpx.AsyncClient, read_publicly: Read) -> None:
    for type_code in ("complaint", "complaint", "question"):
        await add_feedback(session, type_code=type_code)

    rows = (await anyone.get(f"{ROOT}/feedback_by_type", params={"lang": "en"})).json()["value"]
    table = await read_publicly("/v1/quarters/2019-Q2/tables/feedback-by-type", lang="en")

    assert rows == table["rows"]


async def test_all_quarters_that_have_data_are_there(session: AsyncSession, anyone: httpx.AsyncClient) -> None:
    await add_contacts(session, "other", 7)
    await add_contacts(session, "other", 5, on=IN_PREVIOUS)

    page = (await anyone.get(CONTACTS, params=VALUES | {"$select": "value,period", "$count": "true"})).json()

    assert page["value"] == [{"period": "2019-Q1", "value": 5}, {"period": "2019-Q2", "value": 7}]
    assert page["@odata.count"] == 2
    assert page["@odata.context"].endswith("$metadata#ombudsman(period,value)")
    newest = (await anyone.get(CONTACTS, params=VALUES | {"$orderby": "period desc", "$top": "1"})).json()["value"]
    assert [row["value"] for row in newest] == [7]


async def test_pages_have_every_row_once(session: AsyncSession, app: FastAPI, anyone: httpx.AsyncClient) -> None:
    await add_feedback(session)
    await add_feedback(session, type_code="question")
    whole = (await anyone.get(f"{ROOT}/feedback_by_type")).json()["value"]
    app.state.settings = app.state.settings.model_copy(update={"odata_page_size": 2})

    paged = [page async for page in pages(anyone, f"{ROOT}/feedback_by_type")]
    limited = [page async for page in pages(anyone, f"{ROOT}/feedback_by_type", **{"$top": "3", "$skip": "1"})]

    assert len(paged) > 1
    assert [row for page in paged for row in page["value"]] == whole
    assert [row for page in limited for row in page["value"]] == whole[1:4]


async def test_hidden_figures_are_null_and_say_so(
    session: AsyncSession, anyone: httpx.AsyncClient, insider: httpx.AsyncClient
) -> None:
    await add_feedback(session, themes=["covid_vaccination"])
    hidden = {"$filter": "status eq 'suppressed'"}

    public = (await anyone.get(f"{ROOT}/themes_by_type", params=hidden)).json()["value"]

    assert public
    assert {row["value"] for row in public} == {None}
    assert (await insider.get(f"{ROOT}/themes_by_type", params=hidden)).json()["value"] == []


async def test_nothing_is_sent_twice(session: AsyncSession, anyone: httpx.AsyncClient) -> None:
    await add_contacts(session, "other", 7)
    tag = {"If-None-Match": (await anyone.get(CONTACTS)).headers["etag"]}

    assert (await anyone.get(CONTACTS, headers=tag)).status_code == 304
    await add_contacts(session, "other", 1)
    assert (await anyone.get(CONTACTS, headers=tag)).status_code == 200


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("$top", "-1"),
        ("$top", "1000001"),
        ("$top", "9" * 40),
        ("$top", "ten"),
        ("$top", "٣"),
        ("$skip", "-5"),
        ("$count", "yes"),
        ("$format", "xml"),
        ("$select", "period,body"),
        ("$select", ""),
        ("$orderby", "value sideways"),
        ("$orderby", "nonsense"),
        ("$filter", "type eq 'x' or 1=1"),
        ("$filter", "value gt 0 " * 1000),
        ("$expand", "sender"),
        ("$apply", "aggregate(value with sum as total)"),
        ("$search", "x"),
        ("top", "1"),
        ("lang", "de"),
    ],
)
async def test_a_wrong_option_is_named_in_odatas_shape(anyone: httpx.AsyncClient, option: str, value: str) -> None:
    answer = await anyone.get(CONTACTS, params={option: value})

    assert answer.status_code == 400, answer.text
    assert answer.headers["odata-version"] == "4.0"
    error = answer.json()["error"]
    assert (error["code"], error["target"]) == ("invalid_query_option", option)
    assert error["message"].startswith(option)


async def test_an_unknown_set_and_key_are_refused_in_odatas_shape(anyone: httpx.AsyncClient) -> None:
    unknown = await anyone.get(f"{ROOT}/nonsense")
    unauthorized = await anyone.get(CONTACTS, headers={"X-API-Key": "nonsense"})

    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "unknown_entity_set")
    assert (unauthorized.status_code, unauthorized.json()["error"]["code"]) == (401, "unauthorized")
