"""Whose pages may show and answer a survey: what a browser says of the page that asks, against the survey's list."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey_api.surveys import repository
from services.survey_api.surveys.errors import OriginNotAllowedProblem

ORIGIN_SHOWN_MAX = 100
"""How much of a caller's Origin an answer repeats."""


def foreign_origin(request: Request) -> str | None:
    """The origin of the page the request comes from; None of survey_api's own pages, and of no page at all."""
    origin = request.headers.get("origin")
    if origin is None or is_own(request, origin):
        return None
    return origin


def is_own(request: Request, address: str) -> bool:
    """Whether the address or origin is one of survey_api itself."""
    # Compared without the scheme: behind a proxy the service may not know that it is reached by https.
    return urlsplit(address).netloc == request.headers.get("host")


def refuse_unless_listed(origin: str | None, allowed: Sequence[str] | None) -> None:
    """Raise :class:`OriginNotAllowedProblem` if a foreign ``origin`` is not ``allowed`` (None: any is)."""
    if origin is not None and allowed is not None and origin not in allowed:
        raise OriginNotAllowedProblem(
            f"pages of {origin[:ORIGIN_SHOWN_MAX]!r} are not on the survey's list; its owner can add them by "
            "PUT /v1/surveys/{code}/allowed-origins"
        )


async def refuse_foreign_page(request: Request, session: AsyncSession, code: str) -> None:
    """Raise :class:`OriginNotAllowedProblem` if the request comes from a page that may not answer the survey."""
    origin = foreign_origin(request)
    if origin is not None:
        # Asked anew each time: unlike versions, the list may change.
        refuse_unless_listed(origin, await repository.fetch_allowed_origins(session, code))
