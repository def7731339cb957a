"""A table as a cube of all combinations of categories; a last variable tells value, count, base and interval apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from services.reporting_api.measures.figures import FigureStatus, Number
from services.reporting_api.pxweb.errors import TooManyCellsProblem, wrong_selection
from services.reporting_api.pxweb.expressions import UnknownCodeError, select
from services.reporting_api.tables.formats.json_stat import (
    CANNOT_EXIST,
    OBSERVATION_STATUS,
    STATISTIC,
    STATISTIC_LABELS,
    STATISTICS,
)
from services.reporting_api.tables.model import Category, Dimension, Key, Observation, Role, Table
from services.shared.tables.base import Labels

Selection = Mapping[str, Sequence[str]]
"""Expressions by the code of a variable."""

ELIMINATED_TO = "value"
"""What a cell is where no statistic is asked for."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A number with the codes it stands under; ``status`` is one of SDMX's, None where the number is final."""

    categories: tuple[Category, ...]
    value: Number | None
    status: str | None


@dataclass(frozen=True, slots=True)
class Cube:
    """Variables with the categories chosen of each, over the table's observations."""

    table: Table
    dimensions: tuple[Dimension, ...]

    @classmethod
    def of(cls, table: Table) -> "Cube":
        """The whole table."""
        categories = tuple(Category(code, labels) for code, labels in STATISTICS.items())
        return cls(table, (*table.dimensions, Dimension(STATISTIC, STATISTIC_LABELS, categories)))

    @property
    def titles(self) -> Labels:
        """The table's titles."""
        return self.table.titles

    @property
    def size(self) -> int:
        """The number of cells."""
        return prod(len(dimension.categories) for dimension in self.dimensions)

    def select(self, selection: Selection, *, max_cells: int) -> "Cube":
        """The part of the cube that is selected; raises the problems of ``errors.py``.

        The statistic may be left out: the cells are then the values. No other variable may.
        """
        known = {dimension.code: dimension for dimension in self.dimensions}
        for code in selection:
            if code not in known:
                raise wrong_selection(code, f"the table has no such variable; it has {', '.join(known)}")
        chosen = [
            _chosen(dimension, selection.get(dimension.code))
            for dimension in self.dimensions
            if dimension.code != STATISTIC or STATISTIC in selection
        ]
        cube = replace(self, dimensions=tuple(chosen))
        if cube.size > max_cells:
            raise TooManyCellsProblem(
                f"{cube.size} cells are selected, and one answer has at most {max_cells}; select fewer values of "
                + ", ".join(f"{it.code} ({len(it.categories)})" for it in chosen)
            )
        return cube

    def cells(self) -> Iterator[Cell]:
        """Every cell in row-major order."""
        for categories in product(*(dimension.categories for dimension in self.dimensions)):
            key = tuple(category.code for category in categories)
            observation, number = self._observation(key)
            if observation is None:
                yield Cell(categories, None, CANNOT_EXIST)
                continue
            status = None if observation.status is FigureStatus.FINAL else OBSERVATION_STATUS[observation.status]
            yield Cell(categories, getattr(observation, number), status)

    def _observation(self, key: Key) -> tuple[Observation | None, str]:
        if self.dimensions[-1].code == STATISTIC:
            return self.table.observations.get(key[:-1]), key[-1]
        return self.table.observations.get(key), ELIMINATED_TO


def default_selection(cube: Cube) -> dict[str, list[str]]:
    """What is answered when nothing is selected: all of the newest quarter."""
    return {
        dimension.code: ["TOP(1)"] if dimension.role is Role.TIME else ["*"]
        for dimension in cube.dimensions
        if dimension.code != STATISTIC
    }


def _chosen(dimension: Dimension, expressions: Sequence[str] | None) -> Dimension:
    if not expressions:
        raise wrong_selection(dimension.code, "no value is selected of the variable; give codes, * or TOP(1)")
    codes = [category.code for category in dimension.categories]
    chosen: set[str] = set()
    for expression in expressions:
        try:
            chosen.update(select(codes, expression, is_time=dimension.role is Role.TIME))
        except UnknownCodeError as error:
            raise wrong_selection(dimension.code, str(error)) from error
    return replace(dimension, categories=tuple(it for it in dimension.categories if it.code in chosen))
