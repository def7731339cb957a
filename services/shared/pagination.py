"""Paging by an opaque cursor over (instant, id): stable while rows are added, and never skipping or repeating one."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query, Request, Response

from services.shared.problems import InvalidRequestProblem, invalid
from services.shared.settings import get_settings

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of the page before."""

    instant: datetime
    id: UUID

    def encode(self) -> str:
        """The cursor as the client sees it."""
        return base64.urlsafe_b64encode(f"{self.instant.isoformat()}|{self.id}".encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, value: str) -> "Cursor":
        """The cursor a client sends back; raises :class:`InvalidRequestProblem` for anything we did not make."""
        try:
            padded = value + "=" * (-len(value) % 4)
            instant, row_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split("|")
            cursor = cls(datetime.fromisoformat(instant), UUID(row_id))
        except (ValueError, binascii.Error) as error:
            raise not_ours() from error
        if cursor.instant.tzinfo is None:
            raise not_ours()
        return cursor


_NOT_OURS = "is not a cursor of this list; use the `next` of an answer, unchanged"


def not_ours() -> InvalidRequestProblem:
    """The problem of a cursor that no answer of the list gave out."""
    return invalid("cursor", _NOT_OURS)


def encode_position(*parts: str) -> str:
    """The cursor of a list ordered by texts, as the client sees it."""
    return base64.urlsafe_b64encode("\n".join(parts).encode()).decode().rstrip("=")


def decode_position(value: str, count: int) -> tuple[str, ...]:
    """The ``count`` texts of a cursor that a client sends back; raises :class:`InvalidRequestProblem`."""
    try:
        padded = value + "=" * (-len(value) % 4)
        parts = tuple(base64.b64decode(padded, altchars=b"-_", validate=True).decode().split("\n"))
    except (ValueError, binascii.Error) as error:
        raise not_ours() from error
    if len(parts) != count or any("\x00" in part for part in parts):
        raise not_ours()
    return parts


LimitQuery = Annotated[
    int | None, Query(ge=1, description="Rows in one answer; at most the service's `page_size_max`.")
]
CursorQuery = Annotated[str | None, Query(max_length=200, description="The `next` of the answer before.")]


def page_limit(limit: int | None) -> int:
    """The page size to use for the client's ``limit``; raises :class:`InvalidRequestProblem` over the maximum."""
    settings = get_settings()
    if limit is None:
        return settings.page_size_default
    if limit > settings.page_size_max:
        raise invalid("limit", f"is over the most rows of one answer, {settings.page_size_max}")
    return limit


def split_page(rows: Sequence[Row], limit: int, cursor_of: Callable[[Row], Cursor]) -> tuple[list[Row], str | None]:
    """From up to ``limit + 1`` rows: the page, and the next cursor, or None at the end."""
    page = list(rows[:limit])
    has_more = len(rows) > limit
    return page, cursor_of(page[-1]).encode() if has_more and page else None


def add_next_link(request: Request, response: Response, next_cursor: str | None) -> None:
    """The ``Link`` header (RFC 8288) to the next page, beside the ``next`` of the body."""
    if next_cursor is not None:
        target = request.url.include_query_params(cursor=next_cursor)
        response.headers["Link"] = f'<{target}>; rel="next"'
