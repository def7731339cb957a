"""Addresses of periods, what is wrong with a question, and the promised shape of every figure."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting_api.main import create
from services.reporting_api.periods import queries
from tests.conftest import RolledBackSessions
from tests.reporting_api.conftest import Read

pytestmark = pytest.mark.anyio

COMPARISONS = {
    "Quarter": {"previous_quarter", "same_quarter_last_year"},
    "Month": {"previous_month", "same_month_last_year"},
    "Week": {"previous_week", "same_week_last_year"},
    "Year": {"previous_year"},
}
FIGURE = {"suppression_reason", "series", "measure", "value", "unit", "count", "base", "interval", "status"}


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = create().openapi()["components"]["schemas"]
    return schemas


class TestPeriod:
    @pytest.mark.parametrize(
        ("path", "starts_on", "ends_on", "ends_at"),
        [
            ("quarters/2021-Q2", "2021-04-01", "2021-07-01", "2021-06-30T21:00:00Z"),
            ("months/2021-12", "2021-12-01", "2022-01-01", "2021-12-31T22:00:00Z"),
            ("weeks/2020-W53", "2020-12-28", "2021-01-04", "2021-01-03T22:00:00Z"),
            ("years/2021", "2021-01-01", "2022-01-01", "2021-12-31T22:00:00Z"),
        ],
    )
    async def test_has_helsinkis_bounds(
        self, read_publicly: Read, path: str, starts_on: str, ends_on: str, ends_at: str
    ) -> None:
        period = (await read_publicly(f"/v1/{path}"))["period"]

        assert (period["starts_on"], period["ends_on"], period["ends_at"]) == (starts_on, ends_on, ends_at)
        assert period["is_complete"] is True

    async def test_the_present_year_is_not_complete(self, read_publicly: Read) -> None:
        report = await read_publicly(f"/v1/years/{datetime.now(UTC).year}")

        assert report["period"]["is_complete"] is False
        assert report["feedback"]["received"]["status"] == "partial"


class TestRefusals:
    @pytest.mark.parametrize(
        ("path", "status", "code", "remedy"),
        [
            ("quarters/2021-Q5", 422, "invalid_period", "2021-Q2"),
            ("quarters/21-2", 422, "invalid_period", "2021-Q2"),
            ("months/2021-13", 422, "invalid_period", "2021-05"),
            ("weeks/2021-W53", 422, "invalid_period", "52 ISO weeks"),
            ("years/1850", 422, "invalid_period", "2000-2100"),
            ("quarters/2099-Q1", 404, "period_not_begun", "the newest quarter to ask for is"),
            ("years/2099", 404, "period_not_begun", "the newest year to ask for is"),
            ("quarters/2021-Q2?unit=atlantis", 422, "unknown_unit", "GET /v1/catalogue"),
            ("quarters/2021-Q2?unit=", 422, "invalid_request", "at least 1 character"),
            ("quarters/2021-Q2?unit=sote&check=statements", 422, "statements_are_not_by_unit", "leave out"),
            ("quarters/2021-Q2?check=everything", 422, "invalid_request", "statements"),
        ],
    )
    async def test_names_the_remedy(
        self, anyone: httpx.AsyncClient, path: str, status: int, code: str, remedy: str
    ) -> None:
        answer = await anyone.get(f"/v1/{path}")

        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert remedy in problem["detail"] + str(problem["invalid_params"])

    async def test_an_unknown_key(self, anyone: httpx.AsyncClient) -> None:
        answer = await anyone.get("/v1/quarters/2021-Q2", headers={"Authorization": "Bearer katsaus_0_0"})

        assert answer.status_code == 401

    async def test_a_unit_may_be_named_by_its_alias(self, read_publicly: Read) -> None:
        assert (await read_publicly(unit="2808"))["unit"]["code"] == "sote"


class TestRights:
    @pytest.mark.parametrize("statement", ["SELECT body FROM feedback_content", "UPDATE feedback SET state = 'closed'"])
    async def test_the_role_neither_reads_content_nor_writes(self, connection: AsyncConnection, statement: str) -> None:
        async with RolledBackSessions(connection, "katsaus_reporting").session() as session:
            with pytest.raises(ProgrammingError, match="permission denied"):
                await session.execute(text(statement))
            await session.rollback()


class TestQueries:
    def test_a_report_takes_a_fixed_number_of_statements(self) -> None:
        # 9 that count and 3 that read the surveys' definitions: no statement is made in a loop over data.
        assert sum(name.isupper() for name in vars(queries)) == 12


class TestOpenApi:
    @pytest.mark.parametrize("kind", COMPARISONS)
    def test_each_kind_names_its_comparisons(self, schemas: dict[str, Any], kind: str) -> None:
        assert set(schemas[f"{kind}Figure"]["properties"]) == FIGURE | COMPARISONS[kind]

    @pytest.mark.parametrize(
        ("kind", "path"),
        [
            ("Quarter", "quarters/2021-Q2"),
            ("Month", "months/2021-05"),
            ("Week", "weeks/2021-W23"),
            ("Year", "years/2021"),
        ],
    )
    async def test_answers_are_as_promised(self, read_publicly: Read, kind: str, path: str) -> None:
        report = await read_publicly(f"/v1/{path}")

        assert set(report["feedback"]["received"]) == FIGURE | COMPARISONS[kind]
        assert set(report["smileys"]["happy_index"]) == FIGURE | COMPARISONS[kind]

    @pytest.mark.parametrize("path", ["quarters/{quarter}", "months/{month}", "weeks/{week}", "years/{year}"])
    def test_each_period_names_its_problems(self, path: str) -> None:
        operation = create().openapi()["paths"][f"/v1/{path}"]["get"]
        assert {"304", "401", "404", "422"} <= set(operation["responses"])
