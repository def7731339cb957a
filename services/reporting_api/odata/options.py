"""The query options of a question to an entity set."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from services.reporting_api.odata.entity_sets import EntitySet
from services.reporting_api.odata.errors import wrong_option
from services.reporting_api.odata.filter_parser import parse_filter
from services.reporting_api.odata.predicates import Predicate
from services.reporting_api.tables.formats.flat import FlatRow
from services.shared.settings import Settings

OFFERED = ("$select", "$filter", "$orderby", "$top", "$skip", "$count", "$format")
_OWN = frozenset({"lang"})
_DIGITS = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Ordering:
    """A property to sort by."""

    name: str
    is_descending: bool


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of the rows of a set. ``top`` is None for all."""

    columns: tuple[str, ...]
    is_selected: bool
    matches: Predicate
    orderings: tuple[Ordering, ...]
    top: int | None
    skip: int
    has_count: bool

    def sort(self, rows: list[FlatRow]) -> list[FlatRow]:
        """The rows in the order asked for: null before all others, as OData has it; else the table's own order."""
        for ordering in reversed(self.orderings):
            rows = sorted(rows, key=_place(ordering.name), reverse=ordering.is_descending)
        return rows


def read_options(query: Iterable[tuple[str, str]], entity_set: EntitySet, settings: Settings) -> Options:
    """The options of a query; raises :class:`QueryOptionProblem`."""
    given = _once_each(query)
    if given.get("$format", "json").partition(";")[0] not in ("json", "application/json"):
        raise wrong_option("$format", "only json is offered")
    columns = _columns(given.get("$select"), entity_set)
    return Options(
        columns=columns or tuple(entity_set.properties),
        is_selected=bool(columns),
        matches=_condition(given.get("$filter"), entity_set, settings),
        orderings=_orderings(given.get("$orderby"), entity_set),
        top=_number("$top", given["$top"], settings.odata_rows_max) if "$top" in given else None,
        skip=_number("$skip", given.get("$skip", "0"), settings.odata_rows_max),
        has_count=_flag("$count", given.get("$count", "false")),
    )


def _once_each(query: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    given: dict[str, str] = {}
    for name, value in query:
        if name not in OFFERED and name not in _OWN:
            raise wrong_option(name[:100], f"is not offered; there are {', '.join((*OFFERED, *_OWN))}")
        if name in given:
            raise wrong_option(name, "is given twice; give it once")
        given[name] = value
    return given


def _columns(text: str | None, entity_set: EntitySet) -> tuple[str, ...]:
    names = [name.strip() for name in (text or "").split(",")] if text is not None else []
    if names == ["*"]:
        return ()
    for name in names:
        _check_property("$select", name, entity_set)
    return tuple(name for name in entity_set.properties if name in names)


def _condition(text: str | None, entity_set: EntitySet, settings: Settings) -> Predicate:
    if text is None:
        return lambda _row: True
    if len(text) > settings.odata_filter_max_length:
        raise wrong_option("$filter", f"is longer than {settings.odata_filter_max_length} characters; shorten it")
    return parse_filter(text, entity_set.properties)


def _orderings(text: str | None, entity_set: EntitySet) -> tuple[Ordering, ...]:
    return tuple(_ordering(one, entity_set) for one in text.split(",")) if text is not None else ()


def _ordering(text: str, entity_set: EntitySet) -> Ordering:
    name, _, direction = text.strip().partition(" ")
    _check_property("$orderby", name, entity_set)
    if direction.strip() not in ("", "asc", "desc"):
        raise wrong_option("$orderby", f"{direction[:100]!r} is no direction; write asc or desc")
    return Ordering(name, direction.strip() == "desc")


def _check_property(option: str, name: str, entity_set: EntitySet) -> None:
    if name not in entity_set.properties:
        properties = ", ".join(entity_set.properties)
        raise wrong_option(option, f"{name[:100]!r} is no property of the set; it has {properties}")


def _number(option: str, text: str, largest: int) -> int:
    if not _DIGITS.fullmatch(text) or int(text) > largest:
        raise wrong_option(option, f"give a whole number from 0 to {largest}")
    return int(text)


def _flag(option: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise wrong_option(option, "write true or false")
    return text == "true"


def _place(name: str) -> Callable[[FlatRow], tuple[bool, str, float]]:
    def place(row: FlatRow) -> tuple[bool, str, float]:
        value = row[name]
        if isinstance(value, str):
            return True, value, 0
        return value is not None, "", value or 0

    return place
