"""Calls from the command to the running services: reads, single posts, and NDJSON imports of any length."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from types import TracebackType
from typing import Any, Self

import httpx
import orjson

from services.cli.failure import CommandError
from services.shared.settings import Settings

REQUEST_LINES = 2_000
"""Lines sent in one request: the answer comes after the last of them, so this is also how often progress is known."""

CONNECT_TIMEOUT_SECONDS = 5.0
ANSWER_TIMEOUT_SECONDS = 120.0
"""An import answers when its last batch is committed."""

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SentLine:
    """What became of one record of an import."""

    status: str
    reason: str | None
    record: Record


class Services:
    """The running services, spoken to with one key."""

    def __init__(self, feedback: httpx.Client, survey: httpx.Client, reporting: httpx.Client) -> None:
        self.feedback = Service("feedback_api", feedback)
        self.survey = Service("survey_api", survey)
        self.reporting = Service("reporting_api", reporting)
        self._clients = (feedback, survey, reporting)

    @classmethod
    def of(cls, settings: Settings, key: str) -> Self:
        """The services at the addresses of the settings."""
        addresses = (settings.feedback_base_url, settings.survey_base_url, settings.reporting_base_url)
        return cls(*(_client(address, key) for address in addresses))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients:
            client.close()


class Service:
    """One running service. All methods raise :class:`CommandError` when it cannot be reached or refuses."""

    def __init__(self, name: str, client: httpx.Client) -> None:
        self.name = name
        self._client = client

    def get(self, path: str, **params: str) -> Any:
        """The JSON at ``path``."""
        return self._read(self._request("GET", path, params=params))

    def find(self, path: str) -> Any | None:
        """The JSON at ``path``, or None where there is nothing."""
        response = self._request("GET", path)
        return None if response.status_code == HTTPStatus.NOT_FOUND else self._read(response)

    def post(self, path: str, body: Record) -> Any:
        """Post ``body`` and return the answer's JSON."""
        return self._read(self._request("POST", path, json=body))

    def put(self, path: str, body: Record, **params: str) -> Any:
        """Put ``body`` and return the answer's JSON."""
        return self._read(self._request("PUT", path, json=body, params=params))

    def register(self, path: str, record: Record) -> Any:
        """Post a ``record`` that carries its source and reference; the answer, or the record if it is there already."""
        response = self._request("POST", path, json=record)
        if response.status_code == HTTPStatus.CONFLICT:
            registered = self.get(path, source=record["source"], reference=record["reference"])["items"]
            if registered:
                return registered[0]
        return self._read(response)

    def delete(self, path: str) -> None:
        """Delete what is at ``path``."""
        response = self._request("DELETE", path)
        if not response.is_success:
            self._read(response)

    def import_records(
        self, path: str, records: Iterable[Record], on_sent: Callable[[int], None]
    ) -> Iterator[SentLine]:
        """Send the records as NDJSON and yield what became of each; ``on_sent`` is told how many were taken on."""
        remaining = iter(records)
        while chunk := list(islice(remaining, REQUEST_LINES)):
            body = b"".join(orjson.dumps(record) + b"\n" for record in chunk)
            response = self._request("POST", path, content=body, headers={"Content-Type": "application/x-ndjson"})
            if response.status_code != HTTPStatus.OK:
                self._read(response)
            for line in response.content.splitlines():
                result = orjson.loads(line)
                yield SentLine(result["status"], _reason(result), chunk[result["line"] - 1])
            on_sent(len(chunk))

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise CommandError(
                f"{self.name} at {self._client.base_url} cannot be reached ({type(error).__name__}); "
                "is `katsaus up` running?"
            ) from error

    def _read(self, response: httpx.Response) -> Any:
        if response.is_success:
            return response.json()
        detail = f"{response.status_code}"
        with suppress(ValueError):
            problem = response.json()
            detail = f"{problem.get('title')}: {_reason(problem) or ''}"
        raise CommandError(f"{self.name} refused {response.request.url.path} ({detail})")


def _client(base_url: str, key: str) -> httpx.Client:
    return httpx.Client(
        base_url=base_url,
        headers={"Authorization": f"Bearer {key}"},
        timeout=httpx.Timeout(ANSWER_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS),
        trust_env=False,  # a proxy of the environment knows nothing of the services' own addresses
    )


def _reason(problem: Record) -> str | None:
    params = "; ".join(f"{param['name']} {param['reason']}" for param in problem.get("invalid_params") or [])
    return params or problem.get("detail") or problem.get("code")
