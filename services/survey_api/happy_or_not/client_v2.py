"""The vendor's Customer API v2: one method a resource. Contact details, demographics and metadata have none."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from services.shared.settings import Settings
from services.survey_api.happy_or_not.vendor_errors import VendorAnswerError
from services.survey_api.happy_or_not.vendor_http import Params, VendorHttp
from services.survey_api.happy_or_not.vendor_schemas import (
    ExperiencePoint,
    FollowUpOption,
    FollowUpQuestion,
    TokenInfo,
    VendorQuestion,
    VendorSurvey,
)

TOKEN_HEADER = "X-HON-API-Token"  # noqa: S105 (a header's name)

Row = TypeVar("Row", bound=BaseModel)


class ClientV2:
    """Reads v2. Methods raise a :class:`VendorError`."""

    def __init__(self, http: VendorHttp, settings: Settings) -> None:
        self._http = http
        self._settings = settings

    async def introspect(self) -> TokenInfo:
        """What the token may read."""
        answer = await self._http.get("token/introspect")
        try:
            return TokenInfo.model_validate(answer.content)
        except ValidationError as error:
            raise VendorAnswerError("token/introspect: the answer does not describe a token") from error

    async def experience_points(self) -> list[ExperiencePoint]:
        """The places, and the groups of them."""
        return await self._list("experience-points", ExperiencePoint)

    async def surveys(self) -> list[VendorSurvey]:
        """The surveys."""
        return await self._list("surveys", VendorSurvey)

    async def questions(self) -> list[VendorQuestion]:
        """The questions that surveys ask."""
        return await self._list("questions", VendorQuestion)

    async def follow_up_questions(self) -> list[FollowUpQuestion]:
        """The questions asked after a press."""
        return await self._list("follow-up-questions", FollowUpQuestion)

    async def follow_up_options(self) -> list[FollowUpOption]:
        """What can be chosen after a press."""
        return await self._list("follow-up-options", FollowUpOption)

    def button_pages(self, start: date, end: date) -> AsyncIterator[list[Any]]:
        """Pages of presses given from ``start`` until before ``end``, misuse included."""
        return self._pages("results/button-feedbacks", start, end, {})

    def follow_up_pages(self, start: date, end: date) -> AsyncIterator[list[Any]]:
        """Pages of options chosen after presses."""
        return self._pages("results/follow-up-feedbacks", start, end, {})

    def text_pages(self, start: date, end: date) -> AsyncIterator[list[Any]]:
        """Pages of texts written after presses, spam included: it is told apart, not lost."""
        return self._pages("results/text-feedbacks", start, end, {"includeSpam": "true"})

    async def _list(self, resource: str, model: type[Row]) -> list[Row]:
        answer = await self._http.get(f"{resource}.json")
        rows = _rows_of(answer.content, resource)
        return [row for row in read_rows(rows, model) if row is not None]

    async def _pages(self, resource: str, start: date, end: date, more: Params) -> AsyncIterator[list[Any]]:
        params = {
            "startDate": start.isoformat(),
            "endDate": end.isoformat(),
            "includeMisuse": "true",
            "order": "asc",
            "limit": str(self._settings.happy_or_not_page_rows),
            **more,
        }
        answer = await self._http.get(f"{resource}.json", params)
        yield _rows_of(answer.content, resource)
        while answer.next_url is not None:
            answer = await self._http.get(answer.next_url)
            yield _rows_of(answer.content, resource)


def _rows_of(content: Any, resource: str) -> list[Any]:
    if not isinstance(content, list):
        raise VendorAnswerError(f"{resource}: the answer is no list of rows")
    return content


def read_rows(rows: list[Any], model: type[Row]) -> Iterator[Row | None]:
    """Each row as ``model``, or None where it cannot be read; whatever is not declared there is left unread."""
    for row in rows:
        try:
            yield model.model_validate(row)
        except ValidationError:
            yield None


def v2_http(settings: Settings, token: SecretStr) -> httpx.AsyncClient:
    """The connection to v2, which tells the token in a header, never in an address."""
    return httpx.AsyncClient(
        base_url=f"{settings.happy_or_not_url.rstrip('/')}/v2/",
        headers={TOKEN_HEADER: token.get_secret_value(), "Accept": "application/json"},
        timeout=settings.happy_or_not_timeout_seconds,
        follow_redirects=False,
    )
