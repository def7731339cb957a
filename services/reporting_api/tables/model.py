"""What a table is: dimensions with coded categories, and an observation for each combination that exists."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from services.reporting_api.measures.figures import Figure, FigureStatus, Number
from services.reporting_api.measures.registry import MEASURES, MeasureUnit
from services.shared.tables.base import Labels

PERIOD = "period"
MEASURE = "measure"
"""The first and the last dimension of every table."""

Key = tuple[str, ...]
"""A category's code in each dimension, in the dimensions' order."""


class MeasureDefinition(Protocol):
    """What a measure of a table means: as it is defined now, or as it was when the table was frozen."""

    @property
    def slug(self) -> str: ...
    @property
    def names(self) -> Labels: ...
    @property
    def unit(self) -> MeasureUnit: ...
    @property
    def decimals(self) -> int: ...
    @property
    def definition(self) -> Labels: ...
    @property
    def base(self) -> Labels: ...


Definitions = Mapping[str, MeasureDefinition]
"""By slug."""


class Role(StrEnum):
    """What a dimension is, in JSON-stat's words; one without a role classifies."""

    TIME = "time"
    METRIC = "metric"


@dataclass(frozen=True, slots=True)
class Category:
    """One value of a dimension."""

    code: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class Dimension:
    """A variable and its categories in the order they are shown."""

    code: str
    labels: Labels
    categories: tuple[Category, ...]
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """A figure without its comparisons; ``status`` tells an absent value from a hidden one and from nought."""

    value: Number | None
    count: int | None
    base: int | None
    lower: Number | None
    upper: Number | None
    status: FigureStatus

    @classmethod
    def of(cls, figure: Figure) -> "Observation":
        """The observation of a figure as it may be shown."""
        lower, upper = figure.interval or (None, None)
        return cls(figure.value, figure.count, figure.base, lower, upper, figure.status)


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Not every combination of categories exists: one chat's topics are not another's."""

    name: str
    titles: Labels
    dimensions: tuple[Dimension, ...]
    observations: Mapping[Key, Observation]
    definitions: Definitions
    """At least of its own measures."""

    @property
    def measures(self) -> tuple[MeasureDefinition, ...]:
        """The definitions of its measures, in order."""
        return tuple(self.definitions[category.code] for category in self.dimensions[-1].categories)

    @property
    def classifying(self) -> tuple[Dimension, ...]:
        """The dimensions between the period and the measure."""
        return self.dimensions[1:-1]

    def rows(self) -> Iterator[tuple[tuple[Category, ...], Observation]]:
        """Each observation with its categories, by the dimensions' order."""
        order = [{category.code: place for place, category in enumerate(it.categories)} for it in self.dimensions]
        by_place = sorted(
            (tuple(order[axis][code] for axis, code in enumerate(key)), observation)
            for key, observation in self.observations.items()
        )
        for places, observation in by_place:
            yield (
                tuple(it.categories[place] for it, place in zip(self.dimensions, places, strict=True)),
                observation,
            )


@dataclass(frozen=True, slots=True)
class Row:
    """What a section gives to a table: the categories of its classifying dimensions, and figures of some measures."""

    categories: tuple[Category, ...]
    figures: tuple[Figure, ...]


PERIOD_LABELS: Labels = {"fi": "Kausi", "sv": "Period", "en": "Period"}
MEASURE_LABELS: Labels = {"fi": "Tunnusluku", "sv": "Nyckeltal", "en": "Measure"}


def build_table(
    name: str, titles: Labels, classifying: Mapping[str, Labels], rows_by_period: Mapping[str, Iterable[Row]]
) -> Table:
    """A table of the rows of some periods, by their labels, oldest first.

    Categories stand in the order of the newest period, and then those that only earlier periods have.
    """
    found: list[dict[str, Category]] = [{} for _ in classifying]
    measures: dict[str, Category] = {}
    observations: dict[Key, Observation] = {}
    for period, rows in reversed(list(rows_by_period.items())):
        for row in rows:
            for categories, category in zip(found, row.categories, strict=True):
                categories.setdefault(category.code, category)
            codes = tuple(category.code for category in row.categories)
            for figure in row.figures:
                measures.setdefault(figure.measure, Category(figure.measure, MEASURES[figure.measure].names))
                observations[period, *codes, figure.measure] = Observation.of(figure)
    return Table(
        name=name,
        titles=titles,
        dimensions=(
            Dimension(PERIOD, PERIOD_LABELS, tuple(map(period_category, rows_by_period)), Role.TIME),
            *(
                Dimension(code, labels, tuple(categories.values()))
                for (code, labels), categories in zip(classifying.items(), found, strict=True)
            ),
            Dimension(MEASURE, MEASURE_LABELS, tuple(measures.values()), Role.METRIC),
        ),
        observations=observations,
        definitions=MEASURES,
    )


def period_category(label: str) -> Category:
    """A period, which has one name in all languages."""
    return Category(label, {"fi": label, "sv": label, "en": label})
