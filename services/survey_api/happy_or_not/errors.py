"""Refusals of the connector's endpoints."""

from services.shared.problems import ConflictProblem, NotFoundProblem


class ConnectorNotConfiguredProblem(ConflictProblem):
    """No token of the vendor's is set."""

    code = "connector_not_configured"
    title = "The connector has no token"


class PullNotFoundProblem(NotFoundProblem):
    """There is no such pull."""

    code = "pull_not_found"
    title = "There is no such pull"
