"""Clients of the other services' closing statements."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from services.reporting_api.statements.schemas import Statement
from services.shared.http_client import ServiceClient
from services.shared.settings import Settings
from services.shared.tables.access import Service


class StatementClient(ServiceClient):
    """One service's closing statements."""

    @property
    def service(self) -> str:
        """The service's name."""
        return self._service

    async def fetch_statement(self, quarter: str) -> Statement:
        """The statement of ``quarter`` (as 2021-Q2), counted now.

        Raises RemoteServiceError when the service cannot be reached, RemoteRefusalError when it refuses the key.
        """
        return await self.call("GET", f"/v1/quarters/{quarter}/statement", Statement)


class FeedbackStatementClient(StatementClient):
    """The statements of feedback_api."""

    def __init__(self, client: httpx.AsyncClient, key: str | None) -> None:
        super().__init__(Service.FEEDBACK_API, client, key)


class SurveyStatementClient(StatementClient):
    """The statements of survey_api."""

    def __init__(self, client: httpx.AsyncClient, key: str | None) -> None:
        super().__init__(Service.SURVEY_API, client, key)


@dataclass(frozen=True, slots=True)
class StatementClients:
    """Everyone whose statement must agree before figures can be published."""

    feedback: FeedbackStatementClient
    survey: SurveyStatementClient


@asynccontextmanager
async def statement_clients(settings: Settings) -> AsyncIterator[StatementClients]:
    """Clients for the addresses and the key of ``settings``, open while the block runs."""
    key = settings.service_key.get_secret_value() if settings.service_key else None
    timeout = settings.statement_timeout_seconds
    async with (
        httpx.AsyncClient(base_url=settings.feedback_base_url, timeout=timeout) as feedback,
        httpx.AsyncClient(base_url=settings.survey_base_url, timeout=timeout) as survey,
    ):
        yield StatementClients(FeedbackStatementClient(feedback, key), SurveyStatementClient(survey, key))
