"""What lists of all registers can be narrowed to, and how they are paged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request, Response

from services.shared.catalogue import CatalogueDep
from services.shared.pagination import Cursor, CursorQuery, LimitQuery, add_next_link, page_limit, split_page
from services.shared.schemas import CODE_MAX_LENGTH, LINE_MAX_LENGTH, Day, refuse_reversed_days
from services.shared.tables.participation import RegisterRecord

RecordT = TypeVar("RecordT", bound=RegisterRecord)


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """Days, both included; the codes of a unit and of all below it; a source and a reference there."""

    first_day: date | None
    last_day: date | None
    units: frozenset[str] | None
    source: str | None
    reference: str | None


async def _filter(
    catalogue: CatalogueDep,
    first_day: Annotated[Day | None, Query(alias="from", description="First day.")] = None,
    last_day: Annotated[Day | None, Query(alias="to", description="Last day.")] = None,
    unit: Annotated[
        str | None, Query(min_length=1, max_length=CODE_MAX_LENGTH, description="A unit, with all below it.")
    ] = None,
    source: Annotated[
        str | None, Query(max_length=CODE_MAX_LENGTH, description="Only records of this register.")
    ] = None,
    reference: Annotated[str | None, Query(max_length=LINE_MAX_LENGTH, description="With `source`: its id.")] = None,
) -> RegisterFilter:
    refuse_reversed_days(first_day, last_day)
    units = catalogue.branch(catalogue.find_unit(unit).code) if unit is not None else None
    return RegisterFilter(first_day, last_day, units, source, reference)


FilterDep = Annotated[RegisterFilter, Depends(_filter)]


class Paging:
    """The page that a list request asks for."""

    def __init__(self, request: Request, response: Response, size: int, after: Cursor | None) -> None:
        self._request = request
        self._response = response
        self._size = size
        self.after = after

    @property
    def wanted(self) -> int:
        """Rows to read: one more than the page, to know whether there are more."""
        return self._size + 1

    def split(self, rows: Sequence[RecordT]) -> tuple[list[RecordT], str | None]:
        """The page and the next cursor, which goes into the ``Link`` header too."""
        page, next_cursor = split_page(rows, self._size, lambda row: Cursor(row.recorded_at, row.id))
        add_next_link(self._request, self._response, next_cursor)
        return page, next_cursor


async def _paging(request: Request, response: Response, limit: LimitQuery = None, cursor: CursorQuery = None) -> Paging:
    return Paging(request, response, page_limit(limit), Cursor.decode(cursor) if cursor else None)


PagingDep = Annotated[Paging, Depends(_paging)]
