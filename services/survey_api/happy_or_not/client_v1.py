"""The vendor's API v1: folders with their surveys, and each survey's presses an hour."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
from pydantic import SecretStr, ValidationError

from services.shared.settings import Settings
from services.survey_api.happy_or_not.client_v2 import TOKEN_HEADER, read_rows
from services.survey_api.happy_or_not.times import v1_timestamp
from services.survey_api.happy_or_not.vendor_errors import VendorAnswerError, VendorNotFoundError, VendorScopeError
from services.survey_api.happy_or_not.vendor_http import VendorHttp
from services.survey_api.happy_or_not.vendor_schemas import Folder, FolderSurvey, HourRow, PressRow

CLIENT_HEADER = "X-HON-Client-Id"


class ClientV1:
    """Reads v1. Methods raise a :class:`VendorError`."""

    def __init__(self, http: VendorHttp) -> None:
        self._http = http

    async def folders(self) -> list[Folder]:
        """The customer's folders, the outermost first, each with its own surveys."""
        answer = await self._http.get("folders", {"surveys": "true"})
        roots = answer.content if isinstance(answer.content, list) else [answer.content]
        try:
            return [folder for root in roots for folder in _flattened(Folder.model_validate(root))]
        except (ValidationError, RecursionError) as error:
            raise VendorAnswerError("folders: the answer is no tree of folders") from error

    async def hours(self, survey: FolderSurvey, start: datetime, end: datetime) -> list[HourRow | None]:
        """Presses an hour, misuse already left out by the vendor; None for a row that cannot be read."""
        content = await self._get_list(survey, "results", start, end, {"truncate": "hour"})
        return list(read_rows(content, HourRow))

    async def presses(self, survey: FolderSurvey, start: datetime, end: datetime) -> list[PressRow | None] | None:
        """Single presses, misuse included; None where the vendor does not give them, as not all customers have them."""
        try:
            content = await self._get_list(survey, "rawresults", start, end, {})
        except (VendorNotFoundError, VendorScopeError):
            return None
        return list(read_rows(content, PressRow))

    async def _get_list(
        self, survey: FolderSurvey, what: str, start: datetime, end: datetime, more: dict[str, str]
    ) -> list[Any]:
        params = {"date_start": v1_timestamp(start), "date_end": v1_timestamp(end), **more}
        answer = await self._http.get(f"surveys/{survey.key}/{what}", params)
        if not isinstance(answer.content, list):
            raise VendorAnswerError(f"surveys/…/{what}: the answer is no list of rows")
        return answer.content


def _flattened(folder: Folder) -> Iterator[Folder]:
    yield folder
    for child in folder.folders:
        yield from _flattened(child)


def v1_http(settings: Settings, client_id: str, token: SecretStr) -> httpx.AsyncClient:
    """The connection to v1; the settings say which of the two ways tells who asks."""
    headers = {"Content-Type": "application/json; charset=UTF-8", "Accept": "application/json"}
    secret = token.get_secret_value()
    is_basic = settings.happy_or_not_v1_authentication == "basic"
    if not is_basic:
        headers |= {CLIENT_HEADER: client_id, TOKEN_HEADER: secret}
    return httpx.AsyncClient(
        base_url=f"{settings.happy_or_not_url.rstrip('/')}/v1/",
        headers=headers,
        auth=httpx.BasicAuth(client_id, secret) if is_basic else None,
        timeout=settings.happy_or_not_timeout_seconds,
        follow_redirects=False,
    )
