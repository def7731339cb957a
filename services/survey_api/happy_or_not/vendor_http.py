"""Calls to the vendor: bounded in size and time, tried again while that may help, and mute about the token."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx
import orjson
import stamina

from services.shared.settings import Settings
from services.survey_api.happy_or_not.vendor_errors import (
    VendorAnswerError,
    VendorError,
    VendorNotFoundError,
    VendorRequestError,
    VendorScopeError,
    VendorTokenError,
    VendorUnavailableError,
)

RETRY_WAIT_MAX_SECONDS = 30.0
"""Longest wait between two tries: enough for a restart; a longer outage is the next pull's to bridge."""

Params = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class VendorAnswer:
    """An answer's JSON, and the address of the next page, if there is one."""

    content: Any
    next_url: str | None


class _PassingError(Exception):
    """A failure that may pass: a status such as 503, or an answer that is no JSON."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class VendorHttp:
    """Gets JSON from one of the vendor's interfaces; ``client`` carries its base address and who asks."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    async def get(self, path: str, params: Params | None = None) -> VendorAnswer:
        """The answer at ``path``, a path below the base address or the whole address of a next page.

        Raises a :class:`VendorError`: at once where repeating does not help, else after the tries of the settings.
        """
        resource = _resource_of(path)
        try:
            async for attempt in stamina.retry_context(
                on=(httpx.TransportError, _PassingError),
                attempts=self._settings.happy_or_not_attempts,
                timeout=None,
                wait_initial=self._settings.happy_or_not_retry_wait_seconds,
                wait_max=RETRY_WAIT_MAX_SECONDS,
                wait_jitter=self._settings.happy_or_not_retry_wait_seconds,
            ):
                with attempt:
                    return await self._get_once(path, params, resource)
        except httpx.TransportError as error:
            raise VendorUnavailableError(
                f"{resource}: not reached, or the connection was lost ({type(error).__name__})"
            ) from None
        except _PassingError as error:
            raise VendorUnavailableError(f"{resource}: {error.what}") from None
        except (httpx.InvalidURL, httpx.HTTPError) as error:
            raise VendorRequestError(f"{resource}: cannot be asked for ({type(error).__name__})") from None
        raise AssertionError("the loop above returns or raises")

    async def _get_once(self, path: str, params: Params | None, resource: str) -> VendorAnswer:
        async with self._client.stream("GET", path, params=params) as response:
            _check_status(response.status_code, resource)
            body = await self._read_bounded(response, resource)
            return VendorAnswer(_json_of(body), _next_url(response, resource))

    async def _read_bounded(self, response: httpx.Response, resource: str) -> bytes:
        limit = self._settings.happy_or_not_answer_max_bytes
        body = bytearray()
        # Counted unpacked, so that a small answer cannot fill the memory.
        async for chunk in response.aiter_bytes(65_536):
            body += chunk
            if len(body) > limit:
                raise VendorAnswerError(
                    f"{resource}: the answer is over {limit} bytes; lower KATSAUS_HAPPY_OR_NOT_PAGE_ROWS, or raise "
                    "KATSAUS_HAPPY_OR_NOT_ANSWER_MAX_BYTES"
                )
        return bytes(body)


def _resource_of(path: str) -> str:
    """The path alone: what follows it, and the host, are nobody's business in a log."""
    return httpx.URL(path).path.lstrip("/")


def _json_of(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # A proxy's error page, or half an answer: often right the next time.
        raise _PassingError("the answer is no JSON") from None


_REFUSALS: Mapping[int, tuple[type[VendorError], str]] = {
    HTTPStatus.UNAUTHORIZED: (
        VendorTokenError,
        "the token is refused (401). Ask an admin of HappyOrNot for a valid one and set it (docs/happy-or-not.md)",
    ),
    HTTPStatus.FORBIDDEN: (
        VendorScopeError,
        "the token has no right to it (403). Ask an admin of HappyOrNot to add it to the token",
    ),
    HTTPStatus.NOT_FOUND: (
        VendorNotFoundError,
        "the vendor has nothing there (404); check KATSAUS_HAPPY_OR_NOT_URL",
    ),
}

_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


def _check_status(status: int, resource: str) -> None:
    if status == HTTPStatus.OK:
        return
    if status in _REFUSALS:
        refusal, what = _REFUSALS[status]
        raise refusal(f"{resource}: {what}")
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _PassingError(f"answered {status}")
    if status < HTTPStatus.BAD_REQUEST:
        # Not followed where it leads elsewhere: the token would go along.
        raise VendorRequestError(f"{resource}: points elsewhere ({status}); check KATSAUS_HAPPY_OR_NOT_URL")
    raise VendorRequestError(f"{resource}: the vendor refuses the request ({status}); this is ours to mend")


def _next_url(response: httpx.Response, resource: str) -> str | None:
    """The next page, which must be the vendor's own and another one than this: the token goes along."""
    is_more = response.headers.get("X-More-Available", "").strip().lower() == "true"
    link = response.links.get("next", {}).get("url")
    if not link:
        if is_more:
            raise VendorAnswerError(f"{resource}: more is available, but the answer does not say where")
        return None
    here = response.request.url
    there = here.join(link)
    if (there.scheme, there.host, there.port, there.path) != (here.scheme, here.host, here.port, here.path):
        raise VendorAnswerError(f"{resource}: the next page is said to be at another address, which is not followed")
    if _offset(there) <= _offset(here):
        raise VendorAnswerError(f"{resource}: the next page is said to be one that was read")
    return str(there)


def _offset(url: httpx.URL) -> int:
    value = url.params.get("offset", "0")
    return int(value) if value.isdecimal() and value.isascii() and len(value) < 16 else 0
