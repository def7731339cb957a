"""The clients of the closing statements against the real feedback_api and survey_api, and reporting_api upon them."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.reporting_api.main import create as create_reporting_api
from services.reporting_api.statements.clients import (
    FeedbackStatementClient,
    StatementClients,
    SurveyStatementClient,
)
from services.shared.http_client import RemoteRefusalError, RemoteServiceError
from services.shared.scopes import Scope
from tests.conftest import add_key, attach, client_of
from tests.contracts.conftest import City
from tests.survey_api.factories import RIGHT_ANSWERS, line, survey

pytestmark = pytest.mark.anyio

QUARTER = "/v1/quarters/2021-Q2"
LAST_SECOND, FIRST_AFTER = "2021-06-30T23:59:59+03:00", "2021-07-01T00:00:00+03:00"


@pytest.fixture
async def lived(city: City) -> None:
    """A quarter in which everything happened at least once."""
    await city.send_lines(city.feedback, "/v1/feedback/import", feedback_lines())
    for service, reasons in (("other", ["self_determination", "other"]), ("family_and_social", ["other"])):
        contact = {"contacted_on": "2021-05-04", "service": service, "reasons": reasons, "contact_mode": "phone"}
        assert (await city.feedback.post("/v1/ombudsman-contacts", json=contact)).status_code == 201
    await take_part(city)
    assert (await city.surveys.post("/v1/surveys", json=survey())).status_code == 201
    lines = [line(answers=RIGHT_ANSWERS), line(given_at=LAST_SECOND), line(given_at=FIRST_AFTER)]
    await city.send_lines(city.surveys, "/v1/responses/import", lines)


async def take_part(city: City) -> None:
    """Records of every register, on both sides of the quarter's end."""
    council = {"kind": "council", "names": {"fi": "Neuvosto"}, "unit": "service-centres"}
    panel_id = (await city.feedback.post("/v1/panels", json=council)).json()["id"]
    for day in ("2021-06-30", "2021-07-01"):
        report = {"observed_on": day, "unit": "social-advice", "reasons": ["housing", "other"], "barriers": ["cost"]}
        meeting = {"panel_id": panel_id, "held_on": day, "participants": 7}
        proposal = {"panel_id": panel_id, "proposed_on": day, "text": "Penkkejä", "status": "accepted"}
        initiative = {"subject": "Penkkejä", "received_on": day, "unit": "sote", "handled_by": "Lautakunta"}
        for path, body in (
            ("/v1/social-reports", report),
            ("/v1/panel-meetings", meeting),
            ("/v1/panel-proposals", proposal | {"answered_on": day}),
            ("/v1/initiatives", initiative | {"status": "decided", "decided_on": day}),
        ):
            assert (await city.feedback.post(path, json=body)).status_code == 201


def feedback_lines() -> list[dict[str, Any]]:
    """One item for each end it may come to; the last two lie on either side of the quarter's end."""
    endings: list[list[dict[str, Any]]] = [
        [],
        [event("answered", 6)],
        [event("interim_answered", 5), event("closed", 20)],
        [event("closed", 6), event("reopened", 8)],
        [event("closed", 6), event("reopened", 8), event("rejected", 9)],
        [event("transferred", 6, recipient="HUS")],
        [event("transferred", 6, unit="home-care"), event("answered", 9)],
        [event("rejected", 6)],
        [event("classified", 6, type="idea", topic="apotti"), event("answered", 7)],
    ]
    lines = [item(number, "2021-05-05T08:00:00.123456+03:00", events) for number, events in enumerate(endings)]
    return [*lines, item(100, LAST_SECOND, []), item(101, FIRST_AFTER, [])]


def item(number: int, received_at: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "source": "paper",
        "reference": str(number),
        "received_at": received_at,
        "type": "complaint",
        "text": "Koronarokotukseen ei saanut aikaa.",
        "events": events,
    }


def event(kind: str, day: int, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "occurred_at": f"2021-05-{day:02}T12:00:00.000001+03:00"} | more


async def compare(reader: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    answer = await reader.get(QUARTER, params={"check": "statements"})
    assert answer.status_code == 200, answer.text
    return {comparison["service"]: comparison for comparison in answer.json()["statements"]}


class TestClients:
    async def test_feedback_statement(self, city: City, lived: None) -> None:
        statement = await city.clients.feedback.fetch_statement("2021-Q2")

        assert (statement.service, statement.quarter) == ("feedback_api", "2021-Q2")
        assert statement.numbers["feedback.received"] == 10

    async def test_survey_statement(self, city: City, lived: None) -> None:
        statement = await city.clients.survey.fetch_statement("2021-Q2")

        assert statement.service == "survey_api"
        assert statement.numbers["surveys.chat.responses"] == 2

    async def test_a_key_without_the_scope_is_refused(self, city: City, session: AsyncSession) -> None:
        key = await add_key(session, Scope.SURVEY_READ)

        with pytest.raises(RemoteRefusalError) as refusal:
            await FeedbackStatementClient(anonymous(city.feedback), key).fetch_statement("2021-Q2")
        assert (refusal.value.status, refusal.value.code) == (403, "forbidden")

    async def test_no_key_is_refused(self, city: City) -> None:
        with pytest.raises(RemoteRefusalError) as refusal:
            await SurveyStatementClient(anonymous(city.surveys), None).fetch_statement("2021-Q2")
        assert refusal.value.status == 401

    async def test_a_service_that_is_down(self) -> None:
        with pytest.raises(RemoteServiceError):
            await FeedbackStatementClient(unreachable(), None).fetch_statement("2021-Q2")


def anonymous(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """The same app, without the caller's own key."""
    return httpx.AsyncClient(transport=client._transport, base_url="http://test")


def unreachable() -> httpx.AsyncClient:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    return httpx.AsyncClient(transport=httpx.MockTransport(refuse), base_url="http://test")


class TestComparison:
    async def test_all_numbers_agree(self, reader: httpx.AsyncClient, lived: None) -> None:
        comparisons = await compare(reader)

        for comparison in comparisons.values():
            differing = [number for number in comparison["numbers"] if not number["agrees"]]
            assert (comparison["status"], differing) == ("agree", [])
        feedback = {number["name"]: number["statement"] for number in comparisons["feedback_api"]["numbers"]}
        assert feedback["feedback.reopened"] == 1
        assert feedback["feedback.by_topic.apotti"] == 1
        assert feedback["feedback.handling_microseconds"] % 1_000_000 != 0
        assert feedback["ombudsman.reasons_recorded"] == 3
        taken_part = {name: number for name, number in feedback.items() if number and name.startswith("participation.")}
        assert taken_part == {
            "participation.social_reports": 1,
            "participation.social_reports_by_reason.housing": 1,
            "participation.social_reports_by_reason.other": 1,
            "participation.social_reports_by_barrier.cost": 1,
            "participation.participants": 7,
            "participation.meetings_by_kind.council": 1,
            "participation.proposals_by_status.accepted": 1,
            "participation.proposals_answered": 1,
            "participation.initiatives_by_status.decided": 1,
            "participation.initiatives_decided": 1,
        }
        surveys = {number["name"]: number["figure"] for number in comparisons["survey_api"]["numbers"]}
        assert surveys["surveys.chat.multiple.0"] == 1
        assert len(surveys) == comparisons["survey_api"]["compared"] > 40

    async def test_an_empty_quarter_agrees(self, reader: httpx.AsyncClient, city: City) -> None:
        assert (await city.surveys.post("/v1/surveys", json=survey())).status_code == 201

        assert {comparison["status"] for comparison in (await compare(reader)).values()} == {"agree"}

    async def test_a_histogram_gone_wrong_is_named(
        self, reader: httpx.AsyncClient, session: AsyncSession, lived: None
    ) -> None:
        await session.execute(text("UPDATE answer_histogram SET count = count + 1 WHERE question_code = 'grade'"))

        comparison = (await compare(reader))["survey_api"]

        assert comparison["status"] == "disagree"
        assert [number for number in comparison["numbers"] if not number["agrees"]] == [
            {"name": "surveys.chat.grade.9", "agrees": False, "figure": 2, "statement": 1}
        ]

    async def test_a_derived_column_gone_wrong_is_named(
        self, reader: httpx.AsyncClient, session: AsyncSession, lived: None
    ) -> None:
        await session.execute(
            text("UPDATE feedback SET type_code = 'idea' WHERE source_reference = '1' AND source = 'paper'")
        )

        numbers = (await compare(reader))["feedback_api"]["numbers"]

        differing = {number["name"] for number in numbers if not number["agrees"]}
        assert {"feedback.by_type.idea", "feedback.by_type.complaint"} <= differing

    async def test_the_public_sees_whether_but_not_what(
        self, city: City, connection: AsyncConnection, lived: None
    ) -> None:
        app = attach(create_reporting_api(), connection)
        app.state.statement_clients = city.clients
        async with client_of(app) as anyone:
            comparison = (await compare(anyone))["feedback_api"]

        assert comparison["status"] == "agree"
        assert {(number["figure"], number["statement"]) for number in comparison["numbers"]} == {(None, None)}

    async def test_a_service_that_is_down_is_said_and_not_a_failure(
        self, city: City, connection: AsyncConnection
    ) -> None:
        app = attach(create_reporting_api(), connection)
        app.state.statement_clients = StatementClients(
            FeedbackStatementClient(unreachable(), "key"), SurveyStatementClient(anonymous(city.surveys), None)
        )
        async with client_of(app) as anyone:
            comparisons = await compare(anyone)

        assert {comparison["status"] for comparison in comparisons.values()} == {"unavailable"}
        assert "could not be reached" in comparisons["feedback_api"]["reason"]
        assert "KATSAUS_SERVICE_KEY" in comparisons["survey_api"]["reason"]

    async def test_unasked_nothing_is_fetched(self, reader: httpx.AsyncClient) -> None:
        assert (await reader.get(QUARTER)).json()["statements"] is None
