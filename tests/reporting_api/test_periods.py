"""Addresses of periods, what is wrong with a question, and the promised shape of every figure."""

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.reporting_api.main import create
from tests.conftest import RolledBackSessions
from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import add_answers, add_feedback, add_survey

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
    async def test_a_report_takes_as_many_statements_however_much_there_is(
        self, session: AsyncSession, connection: AsyncConnection, read: Read, read_publicly: Read
    ) -> None:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        async def number() -> tuple[int, int]:
            taken = []
            for reading in (read, read_publicly):
                statements.clear()
                await reading()
                taken.append(len(statements))
            return taken[0], taken[1]

        await add_much(session, "first")
        await number()  # the catalogue is read once
        event.listen(connection.sync_connection, "before_cursor_execute", note)
        before = await number()
        for name in ("second", "third"):
            await add_much(session, name)

        assert await number() == before
        assert min(before) > 10


async def add_much(session: AsyncSession, name: str) -> None:
    """A survey of its own answered at two places and in two months, and feedback on two topics."""
    await add_survey(session, name, "questionnaire", {"opinion": {"kind": "yes_no", "purpose": "statement"}})
    for day in (date(2019, 4, 10), date(2019, 6, 10)):
        for point in ("ruskeasuo-dental-clinic", "kallio-health-station"):
            await add_answers(session, name, "opinion", {0: 20, 1: 20}, on=day, point=point)
    for topic in ("home_care", "premises"):
        await add_feedback(session, topic_code=topic, handled_days=2)


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
