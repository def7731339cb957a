"""The grid as a table: presses and happy index of each hour of the week."""

from collections.abc import Iterator, Mapping

from services.reporting_api.hours.grid import HOURS, WEEKDAYS
from services.reporting_api.hours.schemas import HourIndex, SmileyHours
from services.reporting_api.measures.figures import FigureStatus
from services.reporting_api.measures.registry import HAPPY_INDEX, MEASURES, PRESSES, Measure
from services.reporting_api.tables.model import (
    MEASURE,
    MEASURE_LABELS,
    PERIOD,
    PERIOD_LABELS,
    Category,
    Dimension,
    Key,
    Observation,
    Role,
    Table,
    period_category,
)
from services.shared.tables.base import Labels

NAME = "smileys-by-hour"
TITLES: Labels = {
    "fi": "Hymynaamapalaute viikonpäivittäin ja tunneittain",
    "sv": "Smileyrespons enligt veckodag och timme",
    "en": "Smiley feedback by weekday and hour",
}
WEEKDAY: Labels = {"fi": "Viikonpäivä", "sv": "Veckodag", "en": "Weekday"}
HOUR: Labels = {"fi": "Kello", "sv": "Klockan", "en": "Hour"}
_NAMES: Mapping[int, Labels] = {
    1: {"fi": "Maanantai", "sv": "Måndag", "en": "Monday"},
    2: {"fi": "Tiistai", "sv": "Tisdag", "en": "Tuesday"},
    3: {"fi": "Keskiviikko", "sv": "Onsdag", "en": "Wednesday"},
    4: {"fi": "Torstai", "sv": "Torsdag", "en": "Thursday"},
    5: {"fi": "Perjantai", "sv": "Fredag", "en": "Friday"},
    6: {"fi": "Lauantai", "sv": "Lördag", "en": "Saturday"},
    7: {"fi": "Sunnuntai", "sv": "Söndag", "en": "Sunday"},
}


def hours_table(hours: Mapping[str, SmileyHours]) -> Table:
    """The grids of the periods, by their labels, oldest first: every hour, whether it had presses or not."""
    return Table(
        name=NAME,
        titles=TITLES,
        dimensions=(
            Dimension(PERIOD, PERIOD_LABELS, tuple(map(period_category, hours)), Role.TIME),
            Dimension("weekday", WEEKDAY, tuple(Category(str(day), _NAMES[day]) for day in WEEKDAYS)),
            Dimension("hour", HOUR, tuple(_hour(hour) for hour in HOURS)),
            Dimension(MEASURE, MEASURE_LABELS, tuple(map(_measure, (PRESSES, HAPPY_INDEX))), Role.METRIC),
        ),
        observations={key: it for period, grid in hours.items() for key, it in _observations(period, grid)},
        definitions=MEASURES,
    )


def _observations(period: str, hours: SmileyHours) -> Iterator[tuple[Key, Observation]]:
    over = FigureStatus.FINAL if hours.current.period.is_complete else FigureStatus.PARTIAL
    for entry in hours.hours:
        it, place = entry.current, (period, str(entry.weekday), str(entry.hour))
        status = FigureStatus.SUPPRESSED if it.presses is None else over
        yield (*place, PRESSES.slug), Observation(it.presses, it.presses, None, None, None, status)
        yield (*place, HAPPY_INDEX.slug), _index(it)


def _index(hour: HourIndex) -> Observation:
    is_hidden = hour.status is FigureStatus.SUPPRESSED
    return Observation(hour.happy_index, None if is_hidden else hour.presses, None, None, None, hour.status)


def _hour(hour: int) -> Category:
    return Category(str(hour), dict.fromkeys(TITLES, f"{hour}–{hour + 1}"))


def _measure(measure: Measure) -> Category:
    return Category(measure.slug, measure.names)
