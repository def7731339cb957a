"""The three real apps on the test's one database, and clients between them."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.feedback_api.main import create as create_feedback_api
from services.reporting_api.main import create as create_reporting_api
from services.reporting_api.statements.clients import (
    FeedbackStatementClient,
    StatementClients,
    SurveyStatementClient,
)
from services.shared.scopes import Scope
from services.survey_api.main import create as create_survey_api
from tests.conftest import add_key, attach, client_of


class City:
    """The three real apps on the test's one database, and clients between them."""

    def __init__(self, feedback: httpx.AsyncClient, surveys: httpx.AsyncClient, key: str) -> None:
        self.feedback = feedback
        self.surveys = surveys
        self.clients = StatementClients(FeedbackStatementClient(feedback, key), SurveyStatementClient(surveys, key))

    async def send_lines(self, service: httpx.AsyncClient, path: str, lines: Sequence[dict[str, Any]]) -> None:
        """Import the lines; all must be taken."""
        answer = await service.post(path, content="\n".join(json.dumps(one) for one in lines))
        results = [json.loads(result) for result in answer.text.splitlines()]
        assert [result["status"] for result in results] == ["created"] * len(lines), answer.text


@pytest.fixture
async def city(connection: AsyncConnection, session: AsyncSession) -> AsyncIterator[City]:
    everything = await add_key(session, *Scope, name="everything")
    service = await add_key(session, Scope.SERVICE, name="service")
    async with AsyncExitStack() as stack:
        feedback = client_of(attach(create_feedback_api(), connection), key=everything)
        surveys = client_of(attach(create_survey_api(), connection), key=everything)
        yield City(await stack.enter_async_context(feedback), await stack.enter_async_context(surveys), service)


@pytest.fixture
async def reader(city: City, connection: AsyncConnection, session: AsyncSession) -> AsyncIterator[httpx.AsyncClient]:
    """reporting_api, asked by one who may see the numbers."""
    app = attach(create_reporting_api(), connection)
    app.state.statement_clients = city.clients
    async with client_of(app, key=await add_key(session, Scope.REPORT_INTERNAL, name="reader")) as client:
        yield client
