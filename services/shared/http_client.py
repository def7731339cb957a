"""Calls from one service to another: the request id goes along, timeouts are explicit, failures are one error."""

from typing import Any, TypeVar

import httpx
import stamina
from pydantic import BaseModel, ValidationError

from services.shared.problems import UnavailableProblem
from services.shared.request_context import REQUEST_ID_HEADER, current_request_id

Answer = TypeVar("Answer", bound=BaseModel)

RETRY_ATTEMPTS = 3
"""Tries of one call: bridges a restart's dropped connection; longer outages are the caller's to bridge."""

RETRY_WAIT_SECONDS = 0.1
RETRY_WAIT_MAX_SECONDS = 1.0


class RemoteServiceError(UnavailableProblem):
    """Another service could not be reached, or failed."""

    code = "remote_service_unavailable"
    title = "Another service this needs cannot be reached now"


class RemoteRefusalError(Exception):
    """Another service refused the call: repeating it will not help. Holds its status and problem code."""

    def __init__(self, service: str, status: int, code: str | None, detail: str | None) -> None:
        super().__init__(f"{service} answered {status} {code or ''}: {detail or 'no detail'}")
        self.status = status
        self.code = code


class ServiceClient:
    """Base of the clients: one class a remote service, one method an endpoint.

    ``client`` carries the base address and timeout; tests give one that reaches the provider's real app in process.
    """

    def __init__(self, service: str, client: httpx.AsyncClient, key: str | None) -> None:
        self._service = service
        self._client = client
        self._key = key

    async def call(self, method: str, path: str, model: type[Answer], **options: Any) -> Answer:
        """Call the remote and return its answer as ``model``.

        Safe calls, and those with an Idempotency-Key, are tried again on a lost connection or a 5xx. Raises
        :class:`RemoteServiceError` when that did not help, :class:`RemoteRefusalError` for a 4xx.
        """
        headers = {REQUEST_ID_HEADER: current_request_id(), **options.pop("headers", {})}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        is_repeatable = method == "GET" or "Idempotency-Key" in headers
        try:
            async for attempt in stamina.retry_context(
                on=_is_passing if is_repeatable else _never,
                attempts=RETRY_ATTEMPTS,
                wait_initial=RETRY_WAIT_SECONDS,
                wait_max=RETRY_WAIT_MAX_SECONDS,
            ):
                with attempt:
                    response = await self._client.request(method, path, headers=headers, **options)
                    if response.is_server_error:
                        response.raise_for_status()
        except httpx.HTTPError as error:
            raise RemoteServiceError(f"{self._service}: {type(error).__name__}") from error
        if response.is_client_error:
            raise self._refusal(response)
        return self._read(response, model)

    def _refusal(self, response: httpx.Response) -> RemoteRefusalError:
        try:
            problem = response.json()
            return RemoteRefusalError(self._service, response.status_code, problem.get("code"), problem.get("detail"))
        except (ValueError, AttributeError):
            return RemoteRefusalError(self._service, response.status_code, None, None)

    def _read(self, response: httpx.Response, model: type[Answer]) -> Answer:
        try:
            return model.model_validate_json(response.content)
        except ValidationError as error:
            raise RemoteServiceError(f"{self._service} answered in a shape this version does not know") from error


def _is_passing(error: Exception) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.is_server_error
    return isinstance(error, httpx.TransportError)


def _never(_error: Exception) -> bool:
    return False
