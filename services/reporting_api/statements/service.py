"""Fetches the other services' closing statements; what cannot be had is a result, not an error."""

from dataclasses import dataclass

from services.reporting_api.statements.clients import StatementClient, StatementClients
from services.reporting_api.statements.comparison import compare_numbers, unavailable
from services.reporting_api.statements.numbers import Numbers
from services.reporting_api.statements.schemas import Statement, StatementComparison
from services.shared.http_client import RemoteRefusalError, RemoteServiceError
from services.shared.periods import Period


@dataclass(frozen=True, slots=True)
class FetchedStatement:
    """A service's statement, or why there is none."""

    service: str
    statement: Statement | None
    reason: str | None

    def compare(self, figures: Numbers) -> StatementComparison:
        """Against the figures' numbers of the same names."""
        if self.statement is None:
            return unavailable(self.service, self.reason or "")
        return compare_numbers(self.service, figures, self.statement.numbers)


@dataclass(frozen=True, slots=True)
class FetchedStatements:
    """Both services' statements of one quarter."""

    feedback: FetchedStatement
    survey: FetchedStatement


async def fetch_statements(clients: StatementClients, period: Period) -> FetchedStatements:
    """Both statements of the quarter ``period``."""
    return FetchedStatements(
        feedback=await _fetch(clients.feedback, period), survey=await _fetch(clients.survey, period)
    )


async def _fetch(client: StatementClient, period: Period) -> FetchedStatement:
    try:
        statement = await client.fetch_statement(period.label)
    except RemoteServiceError as error:
        return FetchedStatement(client.service, None, f"it could not be reached or failed: {error.detail}")
    except RemoteRefusalError as error:
        return FetchedStatement(
            client.service, None, f"it refused the service key with {error.status}; set KATSAUS_SERVICE_KEY"
        )
    if (statement.quarter, statement.starts_at, statement.ends_at) != (period.label, period.starts_at, period.ends_at):
        return FetchedStatement(client.service, None, "it answered about another period")
    return FetchedStatement(client.service, statement, None)
