"""Addresses of tables, series of periods, and what is wrong with a question about one."""

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.tables.definitions import TABLES
from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import IN_PREVIOUS, add_contacts, add_feedback

pytestmark = pytest.mark.anyio


async def test_all_tables_are_listed_with_titles_in_three_languages(read_publicly: Read) -> None:
    listed = (await read_publicly("/v1/quarters/2019-Q2/tables"))["tables"]

    assert [table["name"] for table in listed] == list(TABLES)
    assert all(set(table["titles"]) == {"fi", "sv", "en"} for table in listed)


async def test_a_table_has_the_numbers_of_the_report(session: AsyncSession, read_publicly: Read) -> None:
    for type_code in ("complaint", "complaint", "question"):
        await add_feedback(session, type_code=type_code)

    report = await read_publicly()
    rows = (await read_publicly("/v1/quarters/2019-Q2/tables/feedback-by-type"))["rows"]

    expected = {entry["code"]: entry["number"]["value"] for entry in report["feedback"]["by_type"]}
    assert expected["complaint"] == 2
    assert {row["type"]: row["value"] for row in rows if row["measure"] == "feedback_by_type"} == expected


async def test_a_series_has_each_periods_own_numbers_oldest_first(session: AsyncSession, read_publicly: Read) -> None:
    await add_contacts(session, "other", 7)
    await add_contacts(session, "other", 5, on=IN_PREVIOUS)

    table = await read_publicly("/v1/quarters/2019-Q2/tables/ombudsman", series="3")

    assert table["periods"] == ["2018-Q4", "2019-Q1", "2019-Q2"]
    contacts = [row["value"] for row in table["rows"] if row["measure"] == "ombudsman_contacts"]
    # Of the time before the first contact nobody counted.
    assert contacts == [None, 5, 7]


@pytest.mark.parametrize(("kind", "label"), [("months", "2019-05"), ("weeks", "2019-W20"), ("years", "2019")])
async def test_other_periods_have_the_same_tables(
    session: AsyncSession, read_publicly: Read, kind: str, label: str
) -> None:
    await add_feedback(session)

    rows = (await read_publicly(f"/v1/{kind}/{label}/tables/feedback"))["rows"]

    assert [row["value"] for row in rows if row["measure"] == "feedback_received"] == [1]


async def test_labels_follow_the_language(read_publicly: Read) -> None:
    swedish = await read_publicly("/v1/quarters/2019-Q2/tables/feedback-by-type", lang="sv")

    assert swedish["title"] == "Respons enligt typ"
    assert {row["measure_label"] for row in swedish["rows"]} == {"Respons enligt typ", "Responstypens andel"}


async def test_the_same_file_is_not_sent_twice(anyone: httpx.AsyncClient) -> None:
    first = await anyone.get("/v1/quarters/2019-Q2/tables/feedback", params={"format": "xlsx"})
    again = await anyone.get(
        "/v1/quarters/2019-Q2/tables/feedback",
        params={"format": "xlsx"},
        headers={"If-None-Match": first.headers["etag"]},
    )

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["content-disposition"] == 'attachment; filename="feedback-2019-Q2-fi.xlsx"'


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("tables/nonsense", {}, 404, "unknown_table"),
        ("tables/feedback", {"format": "ods"}, 422, "invalid_request"),
        ("tables/feedback", {"series": "0"}, 422, "invalid_request"),
        ("tables/feedback", {"series": "41"}, 422, "invalid_request"),
        ("tables/feedback", {"lang": "de"}, 422, "invalid_request"),
        ("tables/feedback", {"unit": "nowhere"}, 422, "unknown_unit"),
    ],
)
async def test_what_is_wrong_is_named(
    anyone: httpx.AsyncClient, path: str, params: dict[str, str], status: int, code: str
) -> None:
    answer = await anyone.get(f"/v1/quarters/2019-Q2/{path}", params=params)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("path", ["quarters/2019-Q5/tables", "quarters/2019-Q5/tables/feedback"])
async def test_a_label_that_names_nothing_is_refused(anyone: httpx.AsyncClient, path: str) -> None:
    answer = await anyone.get(f"/v1/{path}")

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_period")


async def test_a_quarter_that_has_not_begun_is_refused_with_the_newest_there_is(anyone: httpx.AsyncClient) -> None:
    for path in ("tables", "tables/feedback"):
        answer = await anyone.get(f"/v1/quarters/2099-Q1/{path}")

        assert (answer.status_code, answer.json()["code"]) == (404, "period_not_begun")
        assert "the newest quarter to ask for is" in answer.json()["detail"]


async def test_a_quarter_before_the_first_data_has_no_numbers(session: AsyncSession, read_publicly: Read) -> None:
    await add_feedback(session)

    rows = (await read_publicly("/v1/quarters/2001-Q1/tables/feedback"))["rows"]

    assert {(row["value"], row["status"]) for row in rows} == {(None, "not_available")}
