"""Reading the parameters of Open311 clients: tolerant of what does no harm, clear about what cannot be meant.

An empty value is an absent one (the standard, and FixMyStreet sends such). Unknown names are ignored. A name that may
be given once and comes with two different values is refused: nobody could say which was meant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi import Request

from services.feedback_api.open311.errors import wrong
from services.shared.problems import NotFoundProblem
from services.shared.settings import Settings, settings_of

LANGUAGES = ("fi", "sv", "en")
DEFAULT_LANGUAGE = "en"
"""Helsinki's default, where a client names no locale."""

LATITUDE_MAX, LONGITUDE_MAX = 90.0, 180.0
RADIUS_MAX_METRES = 100_000.0
"""Farther than a city reaches."""

TRUE_WORDS = frozenset({"true", "1", "yes", "on"})
FALSE_WORDS = frozenset({"false", "0", "no", "off"})


class Parameters:
    """Parameters by name; each read is of one value, absent where it is empty."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            if value.strip():
                self._values.setdefault(name, []).append(value.strip())

    @classmethod
    def of_query(cls, request: Request) -> "Parameters":
        """The parameters in the request's address."""
        return cls(request.query_params.multi_items())

    def text(self, *names: str) -> str | None:
        """The value of the first of ``names`` that is given."""
        for name in names:
            values = list(dict.fromkeys(self._values.get(name, [])))
            if len(values) > 1:
                raise wrong(name, "is given more than once with different values; give it once")
            if values:
                return values[0]
        return None

    def texts(self, name: str) -> list[str]:
        """The parts of a comma-separated list, repeated or not."""
        joined = ",".join(self._values.get(name, []))
        return list(dict.fromkeys(part.strip() for part in joined.split(",") if part.strip()))

    def named(self, beginning: str, end: str) -> dict[str, list[str]]:
        """The values of all names of the form ``beginning`` + key + ``end``, by key."""
        return {
            name[len(beginning) : -len(end)]: values
            for name, values in self._values.items()
            if name.startswith(beginning) and name.endswith(end) and len(name) > len(beginning) + len(end)
        }

    def number(self, name: str, *, low: float, high: float) -> float | None:
        """A number between ``low`` and ``high``."""
        value = self.text(name)
        if value is None:
            return None
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            raise wrong(name, f"{value[:40]!r} is not a number from {low:g} to {high:g}")
        return number

    def whole(self, *names: str, low: int, high: int) -> int | None:
        """A whole number; more than ``high`` is ``high``, as clients ask for more than there is."""
        value = self.text(*names)
        if value is None:
            return None
        if not value.isascii() or not value.isdigit() or len(value) > 9 or int(value) < low:
            raise wrong(names[0], f"{value[:40]!r} is not a whole number from {low}")
        return min(int(value), high)

    def flag(self, name: str) -> bool | None:
        """A yes or no; None where it is absent or neither."""
        value = (self.text(name) or "").lower()
        return True if value in TRUE_WORDS else False if value in FALSE_WORDS else None

    def instant(self, name: str) -> datetime | None:
        """A time of ISO 8601; with a fraction of a second or none. One without a zone is read as UTC."""
        value = self.text(name)
        if value is None:
            return None
        try:
            # A plus sign that was not escaped in an address arrives as a blank.
            found = datetime.fromisoformat(value.replace(" ", "+") if "T" in value else value)
        except ValueError:
            raise wrong(name, f"{value[:40]!r} is not a time such as 2021-05-04T09:30:00+03:00") from None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def ids(self, name: str) -> list[UUID] | None:
        """Ids of items; those that cannot be ids are of no item and left out. None where the name is absent."""
        values = self.texts(name)
        return [found for found in map(read_id, values) if found is not None] if values else None


def read_id(value: str) -> UUID | None:
    """An item's id, or None where it cannot be one."""
    try:
        return UUID(value)
    except ValueError:
        return None


def language_of(parameters: Parameters) -> str:
    """The language of the ``locale``: fi, fi_FI, sv-FI, en_GB …"""
    locale = parameters.text("locale")
    if locale is None:
        return DEFAULT_LANGUAGE
    language = locale.replace("-", "_").partition("_")[0].lower()
    if language not in LANGUAGES:
        raise wrong("locale", f"{locale[:40]!r} is not served; use fi, sv or en, or with a country as fi_FI")
    return language


def check_jurisdiction(request: Request, parameters: Parameters) -> None:
    """Raise :class:`NotFoundProblem` where the client means another city."""
    named = parameters.text("jurisdiction_id")
    ours = settings_of(request).open311_jurisdiction
    if named is not None and named != ours:
        raise NotFoundProblem(f"jurisdiction_id: {named[:100]!r} is not served here; use {ours!r} or leave it out")


@dataclass(frozen=True, slots=True)
class Circle:
    """Within ``metres`` of a point."""

    latitude: float
    longitude: float
    metres: float


@dataclass(frozen=True, slots=True)
class Box:
    """Between two corners: west, south, east, north, in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class RequestQuery:
    """What a list of requests is narrowed to."""

    ids: list[UUID] | None
    service_codes: list[str]
    statuses: frozenset[str]
    start: datetime
    end: datetime
    updated_after: datetime | None
    updated_before: datetime | None
    circle: Circle | None
    box: Box | None
    service_object_id: str | None
    words: str | None
    page: int
    page_size: int


def read_point(parameters: Parameters) -> tuple[float, float] | None:
    """A whole pair of WGS84 degrees, or None where neither is given."""
    latitude = parameters.number("lat", low=-LATITUDE_MAX, high=LATITUDE_MAX)
    longitude = parameters.number("long", low=-LONGITUDE_MAX, high=LONGITUDE_MAX)
    if (latitude is None) != (longitude is None):
        missing = "lat" if latitude is None else "long"
        raise wrong(missing, "is missing; give lat and long together")
    return (latitude, longitude) if latitude is not None and longitude is not None else None


def read_query(parameters: Parameters, settings: Settings, *, now: datetime) -> RequestQuery:
    """The query of a list; raises where it contradicts itself."""
    start, end = _dates(parameters, timedelta(days=settings.open311_list_max_days), now=now)
    statuses = {status.lower() for status in parameters.texts("status")} or {"open", "closed"}
    if not statuses <= {"open", "closed"}:
        raise wrong("status", "is open, closed or both with a comma")
    return RequestQuery(
        ids=parameters.ids("service_request_id"),
        service_codes=parameters.texts("service_code"),
        statuses=frozenset(statuses),
        start=start,
        end=end,
        updated_after=parameters.instant("updated_after"),
        updated_before=parameters.instant("updated_before"),
        circle=_circle(parameters),
        box=_box(parameters),
        service_object_id=parameters.text("service_object_id"),
        words=parameters.text("search", "q"),
        page=parameters.whole("page", low=1, high=10_000) or 1,
        page_size=parameters.whole("page_size", "per_page", "count", low=1, high=settings.open311_page_size_max)
        or settings.open311_page_size_default,
    )


def _dates(parameters: Parameters, longest: timedelta, *, now: datetime) -> tuple[datetime, datetime]:
    start, end = parameters.instant("start_date"), parameters.instant("end_date")
    try:
        if end is None:
            end = now if start is None else start + longest
        start = end - longest if start is None else start
        if start > end:
            raise wrong("start_date", "is after end_date; exchange them")
        # The standard's cap: what lies before it is asked for with another span.
        return max(start, end - longest), end
    except OverflowError:
        raise wrong("start_date", "is out of all bounds; give a day of this century") from None


def _circle(parameters: Parameters) -> Circle | None:
    radius = parameters.number("radius", low=0, high=RADIUS_MAX_METRES)
    point = read_point(parameters)
    if point is None:
        if radius is not None:
            raise wrong("radius", "needs lat and long, the middle of the circle")
        return None
    if radius is None:
        raise wrong("radius", "is missing; give it in metres with lat and long")
    return Circle(*point, radius)


def _box(parameters: Parameters) -> Box | None:
    value = parameters.text("bbox")
    if value is None:
        return None
    try:
        west, south, east, north = (float(part) for part in value.split(","))
    except ValueError:
        raise wrong("bbox", "is west,south,east,north in degrees, four numbers") from None
    is_on_earth = -LONGITUDE_MAX <= west <= east <= LONGITUDE_MAX and -LATITUDE_MAX <= south <= north <= LATITUDE_MAX
    if not is_on_earth:
        raise wrong("bbox", "is west,south,east,north in degrees of WGS84, west before east and south before north")
    return Box(west, south, east, north)
